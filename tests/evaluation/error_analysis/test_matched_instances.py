"""Which instance a detection found, and what kind of error it is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmacl.evaluation.error_analysis import ERROR_TYPES, error_types, matched_instances, ranks_in_class
from tests.evaluation.error_analysis import plain_diagnosis as plain
from tests.examples import examples


@examples(300)
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


def named(truth, found, threshold, min_tiou=0.1):
    tables = plain.tables(truth, found)
    hits = matched_instances(*tables, np.array([threshold]))[0]
    return [ERROR_TYPES[kind] for kind in error_types(*tables, hits, threshold, min_tiou)]


@examples(400)
@given(plain.TRUTHS, plain.FOUND, st.sampled_from([0.05, 0.3, 0.5]), st.sampled_from([0.0, 0.1, 0.25]))
def test_types_equal_the_loops(truth, found, threshold, min_tiou):
    hits = plain.match(truth, found, threshold)
    expected = [plain.error_type(truth, row, hit, threshold, min_tiou) for row, hit in zip(found, hits, strict=True)]
    assert named(truth, found, threshold, min_tiou) == expected


@pytest.mark.parametrize(
    ('second', 'expected'),
    [
        ((0, 0, 9, 0), 'double detection'),
        ((0, 0, 9, 1), 'wrong label'),
        ((0, 6, 16, 0), 'localization'),
        ((0, 6, 16, 1), 'confusion'),
        ((0, 9.5, 30, 0), 'background'),
        ((1, 0, 10, 0), 'background'),
    ],
)
def test_each_type(second, expected):
    assert named([(0, 0, 10, 0)], [(0, 0, 10, 0, 0.9), (*second, 0.8)], 0.5) == ['true positive', expected]


def test_a_moment_with_two_names_is_no_wrong_label():
    truth = [(0, 0, 10, 1), (0, 0, 10, 0)]
    assert named(truth, [(0, 0, 10, 0, 0.9), (0, 0, 10, 0, 0.8)], 0.5) == ['true positive', 'double detection']
