"""Classes one by one, and AP without envelope."""

from __future__ import annotations

import numpy as np
import pytest

from mmacl.evaluation.functional import SegmentTable, precision_at_hits
from mmacl.evaluation.functional.score_by_class import score_by_class


def test_a_class_gets_its_instances_and_its_detections_by_falling_score():
    truth = SegmentTable([0, 1, 0], [[0.0, 1.0]] * 3, [2, 0, 2])
    found = SegmentTable([0, 1, 2, 3], [[0.0, 1.0]] * 4, [2, 0, 2, 2], [0.5, 0.9, 0.7, 0.5])
    seen = []

    def score(instances, ranked):
        seen.append((len(instances), ranked.videos.tolist()))
        return np.array([0.25])

    result = score_by_class(truth, found, 1, 3, score)
    assert seen == [(1, [1]), (2, [2, 0, 3])]
    np.testing.assert_array_equal(result, [[0.25, np.nan, 0.25]])


def test_precision_is_summed_at_hits():
    assert precision_at_hits(np.array([False, True, True]), 2) == pytest.approx((1 / 2 + 2 / 3) / 2)
    assert precision_at_hits(np.zeros(0, dtype=bool), 4) == 0.0


def test_what_is_not_counted_costs_nothing():
    counted = np.array([False, True, False])
    assert precision_at_hits(np.array([False, True, True]), 2, counted) == 1.0
    assert precision_at_hits(np.array([False, False]), 2, np.array([False, False])) == 0.0
