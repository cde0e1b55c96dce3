"""Overlap with ambiguous segments."""

from __future__ import annotations

import numpy as np

from mmacl.evaluation.functional import SegmentTable, overlaps_ambiguous

FOUND = SegmentTable([0, 0, 1, 2], [[0.0, 2.0], [2.0, 3.0], [0.0, 2.0], [1.0, 1.0]], [0, 1, 0, 0], np.ones(4))


def test_only_a_shared_stretch_in_the_same_video_counts():
    ambiguous = SegmentTable([0, 2, 9], [[1.0, 2.0], [0.0, 5.0], [0.0, 9.0]], np.zeros(3))
    assert overlaps_ambiguous(FOUND, ambiguous).tolist() == [True, False, False, False]


def test_nothing_ambiguous():
    assert not overlaps_ambiguous(FOUND, None).any()
    assert not overlaps_ambiguous(FOUND, SegmentTable([], np.zeros((0, 2)), [])).any()
