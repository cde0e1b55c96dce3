"""What sets the two scorers in snippets apart; that they equal their description is in test_all_protocols.py."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from mmacl.evaluation.functional import SegmentTable, activitynet_protocol, co2net_protocol, wtalc_protocol
from mmacl.evaluation.functional.protocols_in_snippets import in_snippets, rounded_to_snippets, truncated_to_snippets


def ap(protocol, truth, found, scores, ambiguous=None, threshold=0.5):
    truth = SegmentTable(np.zeros(len(truth)), truth, np.zeros(len(truth)))
    found = SegmentTable(np.zeros(len(found)), found, np.zeros(len(found)), scores)
    extra = None if ambiguous is None else SegmentTable(np.zeros(len(ambiguous)), ambiguous, np.zeros(len(ambiguous)))
    return protocol(truth, found, np.array([threshold]), 1, extra)[0, 0]


def convert(function, start, end):
    table = SegmentTable([0], [[start, end]], [0], [0.5])
    result = function(table)
    assert result.scores is not None
    return result.segments[0].tolist()


def test_whole_snippets_survive_every_conversion():
    numbers = np.arange(2000.0)
    seconds = np.stack([numbers * 0.64, numbers * 0.64], axis=1)
    table = SegmentTable(np.zeros(2000), seconds, np.zeros(2000))
    for function in (in_snippets, rounded_to_snippets, truncated_to_snippets):
        assert function(table).segments[:, 0].tolist() == numbers.tolist()


def test_halves_become_the_even_snippet_in_spite_of_rounding_errors():
    halves = np.arange(1, 20_000, 2) / 2
    seconds = np.array([float(Fraction(half) * 16 / 25) for half in halves])
    table = SegmentTable(np.zeros(len(halves)), np.stack([seconds, seconds], axis=1), np.zeros(len(halves)))
    assert (seconds * 25 / 16 != halves).any()
    assert rounded_to_snippets(table).segments[:, 0].tolist() == [round(half) for half in halves]


def test_fractions():
    assert convert(in_snippets, 0.32, 0.8) == [0.5, 1.25]
    assert convert(rounded_to_snippets, 0.32, 1.6) == [0.0, 2.0]
    assert convert(truncated_to_snippets, 0.32, 1.9) == [0.0, 2.0]


def test_co2net_ground_truth_is_rounded_to_snippets_and_detections_are_not():
    # 0.9 s is 1.41 snippets and becomes 1; 3.9 s is 6.09 and becomes 6.
    assert ap(co2net_protocol, [[0.9, 3.9]], [[0.64, 3.84]], [0.9], threshold=1.0) == 1.0
    assert ap(co2net_protocol, [[0.9, 3.9]], [[0.9, 3.9]], [0.9], threshold=1.0) == 0.0


def test_co2net_halves_are_rounded_to_the_even_snippet():
    # 1.6 s is 2.5 snippets and becomes 2; 2.24 s is 3.5 and becomes 4.
    assert ap(co2net_protocol, [[1.6, 2.24]], [[1.28, 2.56]], [0.9], threshold=1.0) == 1.0


def test_co2net_a_detection_that_touches_an_ambiguous_segment_is_gone_even_where_it_is_right():
    assert ap(co2net_protocol, [[0.0, 6.4]], [[0.0, 6.4]], [0.9], ambiguous=[[6.2, 9.0]]) == 1.0
    assert ap(co2net_protocol, [[0.0, 6.4]], [[0.0, 6.4]], [0.9], ambiguous=[[5.0, 9.0]]) == 0.0


def test_co2net_times_that_were_snippets_are_snippets_again():
    rows = np.arange(200)
    segments = np.stack([rows * 0.64, (rows + 1) * 0.64], axis=1)
    truth = SegmentTable(rows, segments, np.zeros(200))
    found = SegmentTable(rows, segments + 1e-9, np.zeros(200), np.ones(200))
    assert co2net_protocol(truth, found, np.array([1.0]), 1)[0, 0] == 1.0


def test_wtalc_the_first_instance_that_fits_is_taken_and_not_the_best():
    truth = [[0.0, 6.4], [1.28, 7.68]]
    found, scores = [[1.28, 7.68], [1.92, 8.32]], [0.9, 0.8]
    # Best first: the second detection then finds nothing. First first: it finds the instance that was left.
    assert ap(wtalc_protocol, truth, found, scores) == 1.0
    assert ap(activitynet_protocol, truth, found, scores) == 1.0
    assert ap(wtalc_protocol, truth, found, scores, threshold=0.8) == 0.5
    assert ap(wtalc_protocol, truth, [[1.28, 7.68], [0.0, 6.4]], scores, threshold=0.6) == 1.0
    assert ap(wtalc_protocol, [[0.0, 6.4], [1.28, 7.68]], [[1.28, 7.68], [1.28, 9.6]], scores, threshold=0.6) == 1.0


def test_wtalc_no_envelope():
    truth = [[0.0, 6.4], [64.0, 70.4]]
    found, scores = [[32.0, 38.4], [0.0, 6.4], [64.0, 70.4]], [0.9, 0.8, 0.7]
    assert ap(wtalc_protocol, truth, found, scores) == (1 / 2 + 2 / 3) / 2
    assert ap(activitynet_protocol, truth, found, scores) == 2 / 3


def test_wtalc_detections_are_truncated_to_whole_snippets():
    # 0.0 to 1.9 s is 0 to 2.97 snippets, hence the snippets 0 and 1.
    assert ap(wtalc_protocol, [[0.0, 1.28]], [[0.0, 1.9]], [0.9], threshold=1.0) == 1.0
    # 1.92 s is 3 snippets although 1.92 * 25 / 16 may fall short of it by a rounding error.
    assert ap(wtalc_protocol, [[0.0, 1.92]], [[0.0, 1.92 - 1e-9]], [0.9], threshold=1.0) == 1.0


def test_wtalc_an_instance_shorter_than_a_snippet_may_vanish_and_counts():
    assert ap(wtalc_protocol, [[0.1, 0.2], [6.4, 12.8]], [[0.1, 0.2], [6.4, 12.8]], [0.9, 0.8]) == 1 / 4


def test_wtalc_ambiguous_overlaps_are_removed_right_or_wrong():
    truth, found, scores = [[0.0, 6.4]], [[0.0, 6.4]], [0.9]
    assert ap(wtalc_protocol, truth, found, scores, ambiguous=[[3.0, 4.0]]) == 0.0
    assert ap(wtalc_protocol, truth, found, scores, ambiguous=[[7.0, 9.0]]) == 1.0
