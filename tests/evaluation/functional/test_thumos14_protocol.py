"""What sets the THUMOS14 toolkit apart; that it equals its description is in test_all_protocols.py."""

from __future__ import annotations

import numpy as np

from mmacl.evaluation.functional import SegmentTable, thumos14_protocol


def ap(truth, found, scores, ambiguous=None, threshold=0.5):
    truth = SegmentTable(np.zeros(len(truth)), truth, np.zeros(len(truth)))
    found = SegmentTable(np.zeros(len(found)), found, np.zeros(len(found)), scores)
    extra = None if ambiguous is None else SegmentTable(np.zeros(len(ambiguous)), ambiguous, np.zeros(len(ambiguous)))
    return thumos14_protocol(truth, found, np.array([threshold]), 1, extra)[0, 0]


def test_an_instance_takes_the_detection_that_fits_best_and_not_the_surest():
    # The surer detection overlaps by 0.8 and stays a false positive above the one that fits.
    assert ap([[0.0, 10.0]], [[0.0, 8.0], [0.0, 10.0]], [0.9, 0.8]) == 0.5


def test_of_detections_that_fit_alike_the_surest_is_taken():
    assert ap([[0.0, 10.0]], [[0.0, 8.0], [2.0, 10.0]], [0.8, 0.9]) == 1.0


def test_overlap_of_exactly_the_threshold_is_not_enough():
    assert ap([[0.0, 10.0]], [[0.0, 5.0]], [0.9]) == 0.0
    assert ap([[0.0, 10.0]], [[0.0, 5.0]], [0.9], threshold=0.5 - 1e-9) == 1.0


def test_ambiguous_segments_forgive_false_positives_and_spare_true_ones():
    truth, found, scores = [[0.0, 10.0]], [[20.0, 30.0], [0.0, 10.0]], [0.9, 0.8]
    assert ap(truth, found, scores) == 0.5
    assert ap(truth, found, scores, ambiguous=[[29.0, 40.0]]) == 1.0
    assert ap(truth, found, scores, ambiguous=[[0.0, 40.0]]) == 1.0
    assert ap(truth, found, scores, ambiguous=[[30.0, 40.0]]) == 0.5


def test_nothing_is_rounded():
    assert ap([[0.0, 1.0]], [[0.01, 1.0]], [0.9], threshold=0.985) == 1.0
    assert ap([[0.0, 1.0]], [[0.01, 1.0]], [0.9], threshold=0.995) == 0.0
