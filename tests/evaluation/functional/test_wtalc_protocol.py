"""What sets the W-TALC scorer apart; that it equals its description is in test_all_protocols.py."""

from __future__ import annotations

import numpy as np

from mmacl.evaluation.functional import SegmentTable, activitynet_protocol, wtalc_protocol


def ap(truth, found, scores, ambiguous=None, threshold=0.5, protocol=wtalc_protocol):
    truth = SegmentTable(np.zeros(len(truth)), truth, np.zeros(len(truth)))
    found = SegmentTable(np.zeros(len(found)), found, np.zeros(len(found)), scores)
    extra = None if ambiguous is None else SegmentTable(np.zeros(len(ambiguous)), ambiguous, np.zeros(len(ambiguous)))
    return protocol(truth, found, np.array([threshold]), 1, extra)[0, 0]


def test_the_first_instance_that_fits_is_taken_and_not_the_best():
    truth = [[0.0, 6.4], [1.28, 7.68]]
    found, scores = [[1.28, 7.68], [1.92, 8.32]], [0.9, 0.8]
    # Best first: the second detection then finds nothing. First first: it finds the instance that was left.
    assert ap(truth, found, scores) == 1.0
    assert ap(truth, found, scores, protocol=activitynet_protocol) == 1.0
    assert ap(truth, found, scores, threshold=0.8) == 0.5
    assert ap(truth, [[1.28, 7.68], [0.0, 6.4]], scores, threshold=0.6) == 1.0
    assert ap([[0.0, 6.4], [1.28, 7.68]], [[1.28, 7.68], [1.28, 9.6]], scores, threshold=0.6) == 1.0


def test_no_envelope():
    truth = [[0.0, 6.4], [64.0, 70.4]]
    found, scores = [[32.0, 38.4], [0.0, 6.4], [64.0, 70.4]], [0.9, 0.8, 0.7]
    assert ap(truth, found, scores) == (1 / 2 + 2 / 3) / 2
    assert ap(truth, found, scores, protocol=activitynet_protocol) == 2 / 3


def test_detections_are_truncated_to_whole_snippets():
    # 0.0 to 1.9 s is 0 to 2.97 snippets, hence the snippets 0 and 1.
    assert ap([[0.0, 1.28]], [[0.0, 1.9]], [0.9], threshold=1.0) == 1.0
    # 1.92 s is 3 snippets although 1.92 * 25 / 16 may fall short of it by a rounding error.
    assert ap([[0.0, 1.92]], [[0.0, 1.92 - 1e-9]], [0.9], threshold=1.0) == 1.0


def test_an_instance_shorter_than_a_snippet_may_vanish_and_counts():
    assert ap([[0.1, 0.2], [6.4, 12.8]], [[0.1, 0.2], [6.4, 12.8]], [0.9, 0.8]) == 1 / 4


def test_ambiguous_overlaps_are_removed_right_or_wrong():
    truth, found, scores = [[0.0, 6.4]], [[0.0, 6.4]], [0.9]
    assert ap(truth, found, scores, ambiguous=[[3.0, 4.0]]) == 0.0
    assert ap(truth, found, scores, ambiguous=[[7.0, 9.0]]) == 1.0
