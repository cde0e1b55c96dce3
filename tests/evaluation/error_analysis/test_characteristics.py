"""Bins of instances."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given

from mmacl.evaluation.error_analysis import EDGES, characteristics
from mmacl.utils import InputError
from tests.evaluation.error_analysis import plain_diagnosis as plain

DURATIONS = np.array([10.0, 200.0, np.nan])


def bin_of(value, edges):
    return next((place for place, edge in enumerate(edges) if value <= Fraction(str(edge))), len(edges))


@pytest.mark.parametrize('name', list(EDGES))
@given(plain.TRUTHS)
def test_equals_the_loops(name, truth):
    kinds = {kind.name: kind.members.tolist() for kind in characteristics(plain.tables(truth, [])[0], DURATIONS, name)}
    edges = EDGES[name]
    for i, row in enumerate(truth):
        length, duration = Fraction(row[2] - row[1], 10), DURATIONS[row[0]]
        same = sum(other[0] == row[0] and other[3] == row[3] for other in truth)
        assert kinds['length'][i] == bin_of(length, edges['length'])
        assert kinds['instances'][i] == bin_of(same, edges['instances'])
        expected = -1 if np.isnan(duration) else bin_of(length / int(duration), edges['coverage'])
        assert kinds['coverage'][i] == expected


def test_names_of_the_bins():
    kinds = characteristics(plain.tables([(0, 0, 300, 0)], [])[0], DURATIONS, 'activitynet')
    assert kinds[0].bins == ('XS (0-20 %)', 'S (20-40 %)', 'M (40-60 %)', 'L (60-80 %)', 'XL (>80 %)')
    assert kinds[1].bins == ('XS (0-30 s)', 'S (30-60 s)', 'M (60-120 s)', 'L (120-180 s)', 'XL (>180 s)')
    assert kinds[2].bins == ('XS (1)', 'S (2-4)', 'M (5-8)', 'L (>8)')
    # Longer than its video, and exactly at the end of a bin.
    assert kinds[0].members.tolist() == [4]
    assert kinds[1].members.tolist() == [0]


def test_a_length_at_the_end_of_a_bin_is_in_it_in_spite_of_rounding_errors():
    instances = plain.tables([(0, start, start + 30, 0) for start in range(200)], [])[0]
    lengths = instances.segments[:, 1] - instances.segments[:, 0]
    assert (lengths > 3).any()
    assert (lengths < 3).any()
    assert set(characteristics(instances, DURATIONS, 'thumos14')[1].members.tolist()) == {0}


def test_unknown_bins_are_refused():
    with pytest.raises(InputError, match="bins 'gtea' are not known"):
        characteristics(plain.tables([(0, 0, 1, 0)], [])[0], DURATIONS, 'gtea')
