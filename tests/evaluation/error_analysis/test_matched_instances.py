"""Which instance a detection found."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
from hypothesis import given, settings

from mmacl.evaluation.error_analysis import matched_instances, ranks_in_class

_SPEC = importlib.util.spec_from_file_location('plain_diagnosis', Path(__file__).with_name('plain_diagnosis.py'))
plain = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(plain)


@settings(max_examples=300, deadline=None)
@given(plain.TRUTHS, plain.FOUND)
def test_equals_the_loops(truth, found):
    got = matched_instances(*plain.tables(truth, found), np.array([0.3, 0.5]))
    for row, threshold in zip(got, (0.3, 0.5), strict=True):
        assert [None if j < 0 else j for j in row] == plain.match(truth, found, threshold)


@given(plain.FOUND)
def test_ranks_equal_the_loops(found):
    table = plain.tables([(0, 0, 1, 0)], found)[1]
    order = plain.ranked(found)
    expected = [sum(found[j][3] == row[3] for j in order[: order.index(i)]) for i, row in enumerate(found)]
    assert ranks_in_class(table).tolist() == expected
