"""Who finds what, against serving the detections one by one."""

from __future__ import annotations

import numpy as np
import pytest

from mmacl.evaluation.functional import CandidatePairs, SegmentTable, candidate_pairs, match_greedily
from mmacl.structures import temporal_iou


def random_tables(seed):
    rng = np.random.default_rng(seed)

    def segments(number):
        starts = rng.integers(0, 12, number).astype(float)
        return np.stack([starts, starts + rng.integers(1, 6, number)], axis=1)

    truth = SegmentTable(rng.integers(0, 3, 20), segments(20), np.zeros(20))
    found = SegmentTable(rng.integers(0, 4, 60), segments(60), np.zeros(60), rng.random(60))
    return truth, found


def one_by_one(truth, found, threshold):
    overlaps = temporal_iou(found.segments, truth.segments)
    taken, matches = set(), []
    for i in range(len(found)):
        free = [j for j in range(len(truth)) if truth.videos[j] == found.videos[i] and j not in taken]
        free = [j for j in free if overlaps[i, j] >= threshold]
        best = max(free, key=lambda j: (overlaps[i, j], -j), default=-1)
        taken.add(best)
        taken.discard(-1)
        matches.append(best)
    return matches


@pytest.mark.parametrize('seed', range(10))
@pytest.mark.parametrize('threshold', [0.1, 0.3, 0.5, 1.0])
def test_equals_serving_detections_one_by_one(seed, threshold):
    truth, found = random_tables(seed)
    pairs = candidate_pairs(truth, found, 0.1)
    assert match_greedily(pairs, threshold).tolist() == one_by_one(truth, found, threshold)


def test_candidates_are_all_pairs_of_a_video_that_overlap_enough_in_order():
    truth, found = random_tables(0)
    overlaps = temporal_iou(found.segments, truth.segments)
    expected = [
        (i, j)
        for i in range(len(found))
        for j in sorted(range(len(truth)), key=lambda j: (-overlaps[i, j], j))
        if found.videos[i] == truth.videos[j] and overlaps[i, j] >= 0.3
    ]
    pairs = candidate_pairs(truth, found, 0.3)
    assert list(zip(pairs.detections, pairs.instances, strict=True)) == expected
    np.testing.assert_array_equal(pairs.tious, [overlaps[i, j] for i, j in expected])


def test_instance_zero_is_found_too():
    table = SegmentTable([0], [[0.0, 1.0]], [0])
    found = SegmentTable([0], [[0.0, 1.0]], [0], [0.5])
    assert match_greedily(candidate_pairs(table, found, 0.5), 0.5).tolist() == [0]


def test_a_chain_of_refusals_ends_at_the_last_instance():
    # Everybody likes instance 0 best, then 1, then 2, ...
    number = 6
    detections, instances = (axis.reshape(-1) for axis in np.mgrid[:number, :number])
    pairs = CandidatePairs(detections, instances, 1.0 - 0.1 * instances, number, number)
    assert match_greedily(pairs, 0.1).tolist() == list(range(number))


def test_nothing_on_either_side():
    empty = SegmentTable([], np.zeros((0, 2)), [])
    nothing = SegmentTable([], np.zeros((0, 2)), [], [])
    some = SegmentTable([0], [[0.0, 1.0]], [0], [0.5])
    assert match_greedily(candidate_pairs(empty, some, 0.5), 0.5).tolist() == [-1]
    assert match_greedily(candidate_pairs(some, nothing, 0.5), 0.5).tolist() == []


def test_pairs_may_be_asked_in_the_order_of_rows():
    truth = SegmentTable([0, 0], [[0.0, 8.0], [0.0, 10.0]], [0, 0])
    found = SegmentTable([0], [[0.0, 10.0]], [0], [0.5])
    assert candidate_pairs(truth, found, 0.1).instances.tolist() == [1, 0]
    assert candidate_pairs(truth, found, 0.1, prefer='row').instances.tolist() == [0, 1]


def test_instances_ask_for_the_best_detection_and_of_equal_ones_for_the_surer():
    truth = SegmentTable([0], [[0.0, 10.0]], [0])
    found = SegmentTable([0, 0, 0], [[0.0, 5.0], [0.0, 8.0], [2.0, 10.0]], [0] * 3, [0.9, 0.8, 0.7])
    swapped = candidate_pairs(truth, found, 0.1).swapped()
    assert swapped.detections.tolist() == [0, 0, 0]
    assert swapped.instances.tolist() == [1, 2, 0]
    assert match_greedily(swapped, 0.1).tolist() == [1]
