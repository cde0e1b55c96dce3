"""The protocol against its definition written as loops over detections."""

from __future__ import annotations

import runpy
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmacl.evaluation.functional import SegmentTable, activitynet_protocol, area_under_envelope

NUM_CLASSES = 3
THRESHOLDS = np.array([0.1, 0.5, 0.75, 1.0])


LOOPS = runpy.run_path(str(Path(__file__).with_name('plain_protocols.py')))
tiou, area_by_loops = LOOPS['tiou'], LOOPS['under_envelope']


def protocol_by_loops(truth, found, threshold, label):
    """Rows are (video, start, end, label) and (video, start, end, label, score)."""
    truth = [row for row in truth if row[3] == label]
    if not truth:
        return float('nan')
    ranked = sorted((row for row in found if row[3] == label), key=lambda row: -row[4])
    taken, hits = set(), []
    for video, start, end, _, _ in ranked:
        best, best_tiou = None, 0.0
        for j, instance in enumerate(truth):
            overlap = tiou((start, end), instance[1:3])
            if instance[0] == video and j not in taken and overlap > best_tiou:
                best, best_tiou = j, overlap
        hits.append(best is not None and best_tiou >= threshold)
        if hits[-1]:
            taken.add(best)
    return area_by_loops(hits, len(truth))


def as_table(rows, scored):
    columns = list(zip(*rows, strict=True)) if rows else [[] for _ in range(5)]
    segments = np.array([columns[1], columns[2]], dtype=float).T.reshape(-1, 2)
    return SegmentTable(columns[0], segments, columns[3], np.array(columns[4], dtype=float) if scored else None)


# Few values, so that scores, overlaps and whole segments are often equal.
spans = st.tuples(st.integers(0, 7), st.integers(1, 5)).map(lambda span: (span[0], span[0] + span[1]))
instances = st.tuples(st.integers(0, 2), spans, st.integers(0, NUM_CLASSES - 1)).map(lambda r: (r[0], *r[1], r[2]))
scored = st.tuples(instances, st.sampled_from([0.1, 0.5, 0.9])).map(lambda r: (*r[0], r[1]))


@settings(max_examples=300, deadline=None)
@given(st.lists(instances, max_size=12), st.lists(scored, max_size=25))
def test_equals_the_definition_written_as_loops(truth, found):
    got = activitynet_protocol(as_table(truth, False), as_table(found, True), THRESHOLDS, NUM_CLASSES)
    expected = [[protocol_by_loops(truth, found, t, label) for label in range(NUM_CLASSES)] for t in THRESHOLDS]
    np.testing.assert_allclose(got, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize('seed', range(5))
def test_equals_the_loops_on_crowded_videos(seed):
    rng = np.random.default_rng(seed)
    starts = rng.uniform(0, 30, 40)
    truth = [(int(rng.integers(2)), s, s + rng.uniform(1, 9), int(rng.integers(2))) for s in starts]
    found = [
        (v, s + rng.normal(), s + 5 + rng.normal(), c, round(float(rng.random()), 2))
        for v, s, _, c in truth
        for _ in range(8)
    ]
    got = activitynet_protocol(as_table(truth, False), as_table(found, True), THRESHOLDS, 2)
    expected = [[protocol_by_loops(truth, found, t, label) for label in range(2)] for t in THRESHOLDS]
    np.testing.assert_allclose(got, expected, rtol=0, atol=1e-12)
    assert 0 < got[0, 0] < 1


def test_equal_scores_stay_in_the_order_of_rows():
    truth = [(0, 0, 10, 0)]
    hit, miss = (0, 0, 10, 0, 0.5), (0, 20, 30, 0, 0.5)
    first = activitynet_protocol(as_table(truth, False), as_table([hit, *[miss] * 50], True), THRESHOLDS, 1)
    last = activitynet_protocol(as_table(truth, False), as_table([*[miss] * 50, hit], True), THRESHOLDS, 1)
    np.testing.assert_allclose(first, 1.0)
    np.testing.assert_allclose(last, 1 / 51)


def test_a_detection_takes_the_best_free_instance_and_not_the_first_one():
    truth = [(0, 0, 10, 0), (0, 2, 12, 0)]
    found = [(0, 2, 12, 0, 0.9), (0, 0, 10, 0, 0.8)]
    assert activitynet_protocol(as_table(truth, False), as_table(found, True), np.array([0.99]), 1)[0, 0] == 1.0


def test_a_second_detection_of_an_instance_is_a_false_positive():
    truth = [(0, 0, 10, 0), (0, 20, 30, 0)]
    found = [(0, 0, 10, 0, 0.9), (0, 0, 10, 0, 0.8), (0, 20, 30, 0, 0.7)]
    expected = 0.5 * 1.0 + 0.5 * 2 / 3
    assert activitynet_protocol(as_table(truth, False), as_table(found, True), THRESHOLDS, 1)[0, 0] == expected


def test_overlap_of_exactly_the_threshold_is_enough():
    truth, found = [(0, 0, 10, 0)], [(0, 0, 5, 0, 0.9)]
    got = activitynet_protocol(as_table(truth, False), as_table(found, True), np.array([0.5, 0.5 + 1e-9]), 1)
    assert got[:, 0].tolist() == [1.0, 0.0]


def test_detections_are_ranked_over_the_whole_subset_and_matched_within_their_video():
    truth = [(0, 0, 10, 0), (1, 0, 10, 0)]
    found = [(0, 0, 10, 0, 0.1), (1, 50, 60, 0, 0.9), (2, 0, 10, 0, 0.8)]
    assert activitynet_protocol(as_table(truth, False), as_table(found, True), THRESHOLDS, 1)[0, 0] == 0.5 / 3


@settings(deadline=None)
@given(st.lists(st.booleans(), max_size=20), st.integers(0, 5))
def test_area_under_the_envelope_equals_the_loops(hits, missed):
    num_instances = max(sum(hits) + missed, 1)
    got = area_under_envelope(np.array(hits, dtype=bool), num_instances)
    assert got == pytest.approx(area_by_loops(hits, num_instances), abs=1e-12)


def test_the_envelope_never_falls_towards_lower_recall():
    # Precision 0, 1/2, 2/3: each recall may use the 2/3 that a higher one reaches.
    assert area_under_envelope(np.array([False, True, True]), 2) == pytest.approx(2 / 3)
    without_envelope = 0.5 * 1 / 2 + 0.5 * 2 / 3
    assert area_under_envelope(np.array([False, True, True]), 2) > without_envelope


def test_pairs_are_found_once_for_all_thresholds(monkeypatch):
    # The package's attribute of this name is the function.
    module = import_module('mmacl.evaluation.functional.activitynet_protocol')
    calls, real = [], module.candidate_pairs
    monkeypatch.setattr(module, 'candidate_pairs', lambda *args: calls.append(args) or real(*args))
    activitynet_protocol(
        as_table([(0, 0, 10, 0)], False), as_table([(0, 0, 10, 0, 0.9)], True), THRESHOLDS, NUM_CLASSES
    )
    assert len(calls) == 1
