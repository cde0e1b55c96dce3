"""The profile of false positives."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmacl.evaluation.error_analysis import false_positive_profile, normalized_average_precision, normalized_precision
from mmacl.evaluation.functional import area_under_envelope
from tests.evaluation.error_analysis import plain_diagnosis as plain
from tests.examples import examples

GROUPS = 2


def by_loops(truth, found, threshold):
    """Counts by slice, normalised mAP, and gains."""
    number = {c: sum(row[3] == c for row in truth) for c in range(3) if any(row[3] == c for row in truth)}
    slices, kept = [], []
    for c, g in number.items():
        own = [i for i in plain.ranked(found) if found[i][3] == c][: GROUPS * g]
        kept += own
        slices += [place // g for place in range(len(own))]
    rows = [found[i] for i in kept]
    hits = plain.match(truth, rows, threshold)
    types = [plain.error_type(truth, row, hit, threshold, 0.1) for row, hit in zip(rows, hits, strict=True)]
    counts = [
        [sum(s == g and t == name for s, t in zip(slices, types, strict=True)) for name in plain.NAMES]
        for g in range(GROUPS)
    ]

    def score(without):
        total = 0.0
        for c, g in number.items():
            kinds = [t for row, t in zip(rows, types, strict=True) if row[3] == c and t != without]
            total += plain.average_precision([t == 'true positive' for t in kinds], g, len(truth) / len(number))
        return total / len(number)

    return counts, score(None), [score(name) - score(None) for name in plain.NAMES[1:]]


@examples(200)
@given(plain.TRUTHS, plain.FOUND)
def test_equals_the_loops(truth, found):
    profile = false_positive_profile(*plain.tables(truth, found), np.array([0.3, 0.5]), GROUPS)
    for k, threshold in enumerate((0.3, 0.5)):
        counts, base, gains = by_loops(truth, found, threshold)
        assert profile.counts[k].tolist() == counts
        assert profile.normalized_map[k] == pytest.approx(base)
        assert profile.gains[k] == pytest.approx(gains)
    assert (profile.gains > -1e-12).all()


def test_shares_are_of_each_slice_and_an_empty_one_is_zero():
    truth = [(0, 0, 10, 0), (0, 20, 30, 0)]
    found = [(0, 0, 10, 0, 0.9), (0, 50, 60, 0, 0.8), (0, 20, 30, 0, 0.7)]
    profile = false_positive_profile(*plain.tables(truth, found), np.array([0.5]), 3)
    assert profile.shares.tolist() == [[0.5, 0, 0, 0, 0, 0.5], [1, 0, 0, 0, 0, 0], [0] * 6]
    assert profile.normalized_map[0] + profile.gains[0, 4] == pytest.approx(1.0)


@given(st.lists(st.booleans(), max_size=20), st.integers(0, 5), st.floats(0.5, 50))
def test_normalized_precision_equals_the_loops(hits, more, norm):
    number = sum(hits) + more or 1
    array = np.array(hits, dtype=bool)
    assert normalized_precision(array, number, norm) == pytest.approx(plain.precisions(hits, number, norm))
    expected = plain.average_precision(hits, number, norm)
    assert normalized_average_precision(array, number, norm) == pytest.approx(expected)
    usual = normalized_average_precision(array, number, number)
    assert usual == pytest.approx(area_under_envelope(array, number))


def test_a_false_positive_costs_a_rare_class_as_if_it_had_as_many_instances_as_the_average():
    rare = normalized_precision(np.array([True, False]), 1, 5.0)
    assert rare.tolist() == [1.0, 5 / 6]
