"""Comparison of overlaps: decimals behave as the exact rationals that they are."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mmacl.evaluation.functional import (
    RELATIVE_TOLERANCE,
    SegmentTable,
    exceeds,
    overlaps_ambiguous,
    reaches,
    same_video_pairs,
)
from mmacl.evaluation.functional.overlap import by_falling_tiou
from mmacl.structures import paired_temporal_iou

FOUND = SegmentTable([0, 0, 1, 2], [[0.0, 2.0], [2.0, 3.0], [0.0, 2.0], [1.0, 1.0]], [0, 1, 0, 0], np.ones(4))
SPANS = st.tuples(st.integers(0, 3_600_000), st.integers(1, 10_000)).map(lambda pair: (pair[0], sum(pair)))


def exact_tiou(a, b):
    overlap = max(0, min(a[1], b[1]) - max(a[0], b[0]))
    return Fraction(overlap, (a[1] - a[0]) + (b[1] - b[0]) - overlap)


@given(
    span=SPANS,
    share=st.integers(0, 100),
    off=st.integers(-1, 1),
    decimals=st.sampled_from([1, 2, 3]),
    percent=st.integers(1, 100),
)
@example(span=(969, 985), share=50, off=0, decimals=1, percent=50)
@example(span=(1, 3), share=50, off=0, decimals=1, percent=50)
def test_decimal_times_and_thresholds_compare_as_rationals(span, share, off, decimals, percent):
    # A part of the segment from its start, as near to the threshold as its unit of time allows.
    end = span[0] + (span[1] - span[0]) * share // 100 + off
    other = (span[0], min(max(end, span[0]), span[1]))
    exact, threshold = exact_tiou(span, other), Fraction(percent, 100)
    unit = 10**decimals
    found = paired_temporal_iou([[t / unit for t in span]], [[t / unit for t in other]])
    for limit in (threshold, Fraction(share, 100)):
        assert reaches(found, float(limit)).tolist() == [exact >= limit]
        assert exceeds(found, float(limit)).tolist() == [exact > limit]


def test_the_tolerance_is_relative_and_small():
    for limit in (0.1, 1.0, 1000.0):
        for part, equal in ((RELATIVE_TOLERANCE / 2, True), (RELATIVE_TOLERANCE * 2, False)):
            assert bool(reaches(limit * (1 - part), limit)) == equal
            assert bool(exceeds(limit * (1 + part), limit)) != equal


def test_equal_overlaps_are_asked_by_rising_number():
    tious = np.array([0.5, 0.5 - 1e-14, 0.5 + 1e-14, 0.7, 0.2, 0.3 - 1e-15, 0.3])
    order = by_falling_tiou(np.array([0, 0, 0, 0, 1, 1, 1]), tious, np.array([3, 1, 2, 9, 0, 4, 5]))
    assert order.tolist() == [3, 1, 2, 0, 5, 6, 4]
    assert by_falling_tiou(np.zeros(0, int), np.zeros(0), np.zeros(0, int)).tolist() == []


@pytest.mark.parametrize('ambiguous', [None, SegmentTable([], np.zeros((0, 2)), [])])
def test_nothing_is_ambiguous(ambiguous):
    assert not overlaps_ambiguous(FOUND, ambiguous).any()


def test_only_a_shared_stretch_in_the_same_video_is_ambiguous():
    ambiguous = SegmentTable([0, 2, 9], [[1.0, 2.0], [0.0, 5.0], [0.0, 9.0]], np.zeros(3))
    assert overlaps_ambiguous(FOUND, ambiguous).tolist() == [True, False, False, False]
    # 0.1 + 0.2 is a little more than 0.3 in binary.
    touching = SegmentTable([0], [[0.3, 1.0]], [0])
    assert not overlaps_ambiguous(SegmentTable([0], [[0.0, 0.1 + 0.2]], [0], [1.0]), touching).any()


def test_pairs_of_the_same_video():
    rows, others = same_video_pairs(np.array([1, 0, 5]), np.array([0, 1, 1, 9]))
    assert list(zip(rows, others, strict=True)) == [(0, 1), (0, 2), (1, 0)]
