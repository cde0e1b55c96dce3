"""What sets the CO2-Net scorer apart; that it equals its description is in test_all_protocols.py."""

from __future__ import annotations

import numpy as np

from mmacl.evaluation.functional import SegmentTable, co2net_protocol

T = np.array([0.5])


def ap(truth, found, scores, ambiguous=None, thresholds=T):
    truth = SegmentTable(np.zeros(len(truth)), truth, np.zeros(len(truth)))
    found = SegmentTable(np.zeros(len(found)), found, np.zeros(len(found)), scores)
    extra = None if ambiguous is None else SegmentTable(np.zeros(len(ambiguous)), ambiguous, np.zeros(len(ambiguous)))
    return co2net_protocol(truth, found, thresholds, 1, extra)[:, 0].tolist()


def test_ground_truth_is_rounded_to_snippets_and_detections_are_not():
    # 0.9 s is 1.41 snippets and becomes 1; 3.9 s is 6.09 and becomes 6.
    assert ap([[0.9, 3.9]], [[0.64, 3.84]], [0.9], thresholds=np.array([1.0])) == [1.0]
    assert ap([[0.9, 3.9]], [[0.9, 3.9]], [0.9], thresholds=np.array([1.0])) == [0.0]


def test_halves_are_rounded_to_the_even_snippet():
    # 1.6 s is 2.5 snippets and becomes 2; 2.24 s is 3.5 and becomes 4.
    assert ap([[1.6, 2.24]], [[1.28, 2.56]], [0.9], thresholds=np.array([1.0])) == [1.0]


def test_a_detection_that_touches_an_ambiguous_segment_is_gone_even_where_it_is_right():
    assert ap([[0.0, 6.4]], [[0.0, 6.4]], [0.9], ambiguous=[[6.2, 9.0]]) == [1.0]
    assert ap([[0.0, 6.4]], [[0.0, 6.4]], [0.9], ambiguous=[[5.0, 9.0]]) == [0.0]


def test_times_that_were_snippets_are_snippets_again():
    rows = np.arange(200)
    segments = np.stack([rows * 0.64, (rows + 1) * 0.64], axis=1)
    truth = SegmentTable(rows, segments, np.zeros(200))
    found = SegmentTable(rows, segments + 1e-9, np.zeros(200), np.ones(200))
    assert co2net_protocol(truth, found, np.array([1.0]), 1)[0, 0] == 1.0
