"""AP of ranked hits, and the order in which detections are ranked."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmacl.evaluation.functional import SegmentTable, area_under_envelope, precision_at_hits
from mmacl.evaluation.functional.precision_recall import precision_by_class, ranked_by_class
from tests.evaluation.functional import plain_protocols


def test_a_class_gets_its_instances_and_its_detections_by_falling_score():
    truth = SegmentTable([0, 1, 0, 2], [[0.0, 1.0]] * 4, [2, 0, 2, 4])
    found = SegmentTable([0, 1, 2, 3, 4], [[0.0, 1.0]] * 5, [2, 0, 2, 2, 3], [0.5, 0.9, 0.7, 0.5, 0.9])
    ranked = ranked_by_class(truth, found)
    assert ranked.videos.tolist() == [1, 2, 0, 3]
    seen = []

    def area(hits, number, *counted):
        seen.append((hits.tolist(), number, *(part.tolist() for part in counted)))
        return np.array([0.25])

    hits = np.array([[True, False, False, True]])
    result = precision_by_class(truth, ranked, hits, 5, area)
    np.testing.assert_array_equal(result, [[0.25, np.nan, 0.25, np.nan, 0.25]])
    assert seen == [([[True]], 1), ([[False, False, True]], 2), ([[]], 1)]
    seen.clear()
    precision_by_class(truth, ranked, hits, 5, area, np.array([False, True, False, True]))
    assert seen[1] == ([[False, False, True]], 2, [[True, False, True]])


@settings(deadline=None)
@given(st.lists(st.booleans(), max_size=20), st.integers(0, 5))
def test_area_under_the_envelope_equals_the_loops(hits, missed):
    num_instances = max(sum(hits) + missed, 1)
    got = area_under_envelope(np.array(hits, dtype=bool), num_instances)
    assert got == pytest.approx(plain_protocols.under_envelope(hits, num_instances), abs=1e-12)


def test_the_envelope_never_falls_towards_lower_recall():
    # Precision 0, 1/2, 2/3: each recall may use the 2/3 that a higher one reaches.
    assert area_under_envelope(np.array([False, True, True]), 2) == pytest.approx(2 / 3)
    without_envelope = 0.5 * 1 / 2 + 0.5 * 2 / 3
    assert area_under_envelope(np.array([False, True, True]), 2) > without_envelope


def test_precision_is_summed_at_hits():
    assert precision_at_hits(np.array([False, True, True]), 2) == pytest.approx((1 / 2 + 2 / 3) / 2)
    assert precision_at_hits(np.zeros(0, dtype=bool), 4) == 0.0


def test_what_is_not_counted_costs_nothing():
    counted = np.array([False, True, False])
    assert precision_at_hits(np.array([False, True, True]), 2, counted) == 1.0
    assert precision_at_hits(np.array([False, False]), 2, np.array([False, False])) == 0.0
