"""What sets the two scorers in seconds apart; that they equal their description is in test_all_protocols.py."""

from __future__ import annotations

import numpy as np

from mmacl.evaluation.functional import SegmentTable, activitynet_protocol, thumos14_protocol

THRESHOLDS = np.array([0.1, 0.5, 0.75, 1.0])


def as_table(rows, scored):
    columns = list(zip(*rows, strict=True)) if rows else [[] for _ in range(5)]
    segments = np.array([columns[1], columns[2]], dtype=float).T.reshape(-1, 2)
    return SegmentTable(columns[0], segments, columns[3], np.array(columns[4], dtype=float) if scored else None)


def ap(truth, found, scores, ambiguous=None, threshold=0.5):
    truth = SegmentTable(np.zeros(len(truth)), truth, np.zeros(len(truth)))
    found = SegmentTable(np.zeros(len(found)), found, np.zeros(len(found)), scores)
    extra = None if ambiguous is None else SegmentTable(np.zeros(len(ambiguous)), ambiguous, np.zeros(len(ambiguous)))
    return thumos14_protocol(truth, found, np.array([threshold]), 1, extra)[0, 0]


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
    got = activitynet_protocol(as_table(truth, False), as_table(found, True), np.array([0.5, 0.5 + 2e-9]), 1)
    assert got[:, 0].tolist() == [1.0, 0.0]


def test_detections_are_ranked_over_the_whole_subset_and_matched_within_their_video():
    truth = [(0, 0, 10, 0), (1, 0, 10, 0)]
    found = [(0, 0, 10, 0, 0.1), (1, 50, 60, 0, 0.9), (2, 0, 10, 0, 0.8)]
    assert activitynet_protocol(as_table(truth, False), as_table(found, True), THRESHOLDS, 1)[0, 0] == 0.5 / 3


def test_thumos14_an_instance_takes_the_detection_that_fits_best_and_not_the_surest():
    # The surer detection overlaps by 0.8 and stays a false positive above the one that fits.
    assert ap([[0.0, 10.0]], [[0.0, 8.0], [0.0, 10.0]], [0.9, 0.8]) == 0.5


def test_thumos14_of_detections_that_fit_alike_the_surest_is_taken():
    assert ap([[0.0, 10.0]], [[0.0, 8.0], [2.0, 10.0]], [0.8, 0.9]) == 1.0


def test_thumos14_overlap_of_exactly_the_threshold_is_not_enough():
    assert ap([[0.0, 10.0]], [[0.0, 5.0]], [0.9]) == 0.0
    assert ap([[0.0, 10.0]], [[0.0, 5.0]], [0.9], threshold=0.5 - 2e-9) == 1.0


def test_thumos14_ambiguous_segments_forgive_false_positives_and_spare_true_ones():
    truth, found, scores = [[0.0, 10.0]], [[20.0, 30.0], [0.0, 10.0]], [0.9, 0.8]
    assert ap(truth, found, scores) == 0.5
    assert ap(truth, found, scores, ambiguous=[[29.0, 40.0]]) == 1.0
    assert ap(truth, found, scores, ambiguous=[[0.0, 40.0]]) == 1.0
    assert ap(truth, found, scores, ambiguous=[[30.0, 40.0]]) == 0.5


def test_thumos14_nothing_is_rounded():
    assert ap([[0.0, 1.0]], [[0.01, 1.0]], [0.9], threshold=0.985) == 1.0
    assert ap([[0.0, 1.0]], [[0.01, 1.0]], [0.9], threshold=0.995) == 0.0
