"""The quality of single videos, against a plain loop and by hand."""

from __future__ import annotations

import numpy as np
import pytest

from mmacl.evaluation import SegmentTable
from mmacl.evaluation.functional import video_average_precision


def tiou(a, b):
    shared = min(a[1], b[1]) - max(a[0], b[0])
    return max(shared, 0) / (max(a[1], b[1]) - min(a[0], b[0]))


def plain(truth, found, threshold):
    """AP of one video: lists of (label, start, end) and (label, start, end, score)."""
    if not truth:
        return np.nan
    free, hits = list(truth), []
    for label, start, end, _ in sorted(found, key=lambda row: -row[3]):
        fits = [t for t in free if t[0] == label and tiou(t[1:], (start, end)) >= threshold]
        if fits:
            free.remove(max(fits, key=lambda t: tiou(t[1:], (start, end))))
        hits.append(bool(fits))
    area = 0.0
    for rank, hit in enumerate(hits):
        if hit:
            area += max(sum(hits[: k + 1]) / (k + 1) for k in range(rank, len(hits)))
    return area / len(truth)


def tables(videos):
    truth = [{'segments': [t[1:] for t in v[0]], 'labels': [t[0] for t in v[0]]} if v[0] else {} for v in videos]
    found = [
        {'segments': [d[1:3] for d in v[1]], 'labels': [d[0] for d in v[1]], 'scores': [d[3] for d in v[1]]}
        if v[1]
        else {}
        for v in videos
    ]
    return SegmentTable.from_videos(truth, scored=False), SegmentTable.from_videos(found, scored=True)


def test_by_hand():
    right, wrong_name, double = (0, 0, 10, 0.8), (1, 0, 10, 0.9), (0, 0, 9, 0.7)
    videos = [
        ([(0, 0, 10)], [right]),
        ([(0, 0, 10)], [wrong_name, right]),
        ([(0, 0, 10)], [right, double, (*wrong_name[:3], 0.1)]),
        ([(0, 0, 10), (1, 20, 30)], [right]),
        ([(0, 0, 10)], []),
        ([], [right]),
    ]
    np.testing.assert_allclose(
        video_average_precision(*tables(videos), [0.5], len(videos))[0], [1, 0.5, 1, 0.5, 0, np.nan]
    )


@pytest.mark.parametrize('seed', range(5))
def test_equals_a_plain_loop(seed):
    rng = np.random.default_rng(seed)
    videos = []
    for _ in range(20):
        starts = rng.choice(40, rng.integers(0, 5), replace=False)
        truth = [(int(rng.integers(3)), float(s), float(s + rng.integers(2, 8))) for s in starts]
        starts = rng.uniform(0, 40, rng.integers(0, 12))
        found = [(int(rng.integers(3)), s, s + rng.uniform(1, 8), rng.random()) for s in starts]
        videos.append((truth, found))
    expected = [[plain(truth, found, t) for truth, found in videos] for t in (0.2, 0.5)]
    np.testing.assert_allclose(video_average_precision(*tables(videos), [0.2, 0.5], len(videos)), expected)


def test_without_a_detection():
    truth, _ = tables([([(0, 0, 10)], [])])
    nothing = SegmentTable(np.zeros(0), np.zeros((0, 2)), np.zeros(0), np.zeros(0))
    np.testing.assert_array_equal(video_average_precision(truth, nothing, [0.5], 2), [[0, np.nan]])
