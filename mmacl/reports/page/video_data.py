"""The list of videos, and the data of their timelines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mmacl.datasets.annotations import VideoRecord
from mmacl.reports.page.run_segments import RunSegments
from mmacl.reports.page.timeline_data import (
    SCORE_STEPS,
    Limits,
    curves_data,
    detection_data,
    per_cent_or_none,
    truth_data,
    unit_of,
)

if TYPE_CHECKING:
    from mmacl.runs.run_record import RunRecord
    from mmacl.structures import PseudoLabels

HIT_TIOU = 0.5
EXTREMES = 5
"""Number of best and of worst videos to name."""


@dataclass(frozen=True, eq=False)
class VideoData:
    """The videos of the page.

    Attributes:
        content: for JSON; ``videos`` holds the validation videos first, then the other training videos; of very many,
            some of either.
        quality: (V,) video AP of the validation videos after the last round shown, NaN without ground truth.
        names: names of the videos in the list.
        listed: (L,) numbers of the validation videos in the list.
        num_videos: number of all videos.
        best, worst: numbers of the validation videos of highest and of lowest video AP; without ground truth, score of
            their cluster.
        keys: (V,) what they are ranked by.
        by_truth: whether that is the video AP.
    """

    content: dict[str, Any]
    quality: NDArray[np.float64]
    names: tuple[str, ...]
    listed: NDArray[np.int64]
    num_videos: int
    best: list[int]
    worst: list[int]
    keys: NDArray[np.float64]
    by_truth: bool


def video_data(
    record: RunRecord, segments: RunSegments, rounds: Sequence[int], tious: Sequence[float], limits: Limits
) -> VideoData:
    """Gather the data of all videos.

    Args:
        record: the run.
        segments: its ground truth and detections.
        rounds: rounds to show; curves, predicted clusters and the list are those of the last one.
        tious: thresholds to average the video AP over; empty: no video AP.
        limits: how much of each video to keep.
    """
    last = rounds[-1]
    labels = {name: label for label, name in enumerate(segments.labels)}
    trained = {round_: record.labels(round_) for round_ in rounds}
    validated = set(segments.videos)
    training = tuple(name for name in trained[last].video_names if name not in validated)
    for name in training:
        for label in record.truth_of[name].labels if name in record.truth_of else ():
            labels.setdefault(label, len(labels))
    qualities = {round_: segments.quality(round_, tious) for round_ in rounds}
    known = len(segments.truth) > 0
    found = {
        round_: detection_data(
            segments, segments.rounds[round_], segments.hits(round_, HIT_TIOU) if known else None, limits.detections
        )
        for round_ in rounds
    }
    shown = {round_: per_cent_or_none(qualities[round_]) for round_ in rounds}
    curves = record.attention(last)
    by_truth = known and bool(np.isfinite(qualities[last]).any())
    scores = [curves[name].video_score if name in curves else np.nan for name in segments.videos]
    keys = qualities[last] if by_truth else np.array(scores, dtype=np.float64)
    best, worst = _extremes(keys, np.bincount(segments.truth.videos, minlength=len(keys)))

    listed, others = limits.listed(len(segments.videos), len(training))
    listed = np.unique(np.concatenate([listed, np.array([*best, *worst], dtype=np.int64)]))
    clusters = _clusters_of(trained, [segments.videos[i] for i in listed] + [training[i] for i in others])
    videos: list[dict[str, Any]] = []
    for number, name in [*((i, segments.videos[i]) for i in listed.tolist()), *((-1, training[i]) for i in others)]:
        truth, curve = record.truth_of.get(name), curves.get(name)
        duration = segments.durations[number] if number >= 0 else _seconds(truth)
        seconds = None if np.isnan(duration) else round(float(duration), 2)
        unit = unit_of(duration)
        video: dict[str, Any] = {'name': name, 'seconds': seconds, 'unit': unit}
        if truth is not None:
            video |= {'subset': truth.subset, 'truth': truth_data(truth, labels, unit)}
        if name in clusters:
            video['trained'] = clusters[name]
        if number >= 0:
            video['found'] = [found[round_][0][number] for round_ in rounds]
            video['total'] = [int(found[round_][1][number]) for round_ in rounds]
            if any(shown[round_][number] is not None for round_ in rounds):
                video['ap'] = [shown[round_][number] for round_ in rounds]
        if curve is not None:
            video |= {'cluster': curve.cluster, 'p': round(curve.video_score, 3), 'curves': curves_data(curve, limits)}
        videos.append(video)

    content = {
        'labels': list(labels),
        'rounds': list(rounds),
        'scores': [found[round_][2] / SCORE_STEPS for round_ in rounds],
        'clusters': _actions_of(segments, last),
        'hit': HIT_TIOU if known else None,
        'videos': videos,
    }
    names, num_videos = tuple(video['name'] for video in videos), len(segments.videos) + len(training)
    return VideoData(content, qualities[last], names, listed, num_videos, best, worst, keys, by_truth)


def _extremes(keys: NDArray[np.float64], numbers: NDArray[np.int64]) -> tuple[list[int], list[int]]:
    """Return the videos of highest and of lowest key, no video twice; among equals, those with many instances."""
    most = min(EXTREMES, int(np.isfinite(keys).sum()) // 2) or EXTREMES
    best, worst = (
        [i for i in np.lexsort((-numbers, sign * keys)).tolist() if np.isfinite(keys[i])] for sign in (-1, 1)
    )
    best = best[:most]
    return best, [number for number in worst if number not in best][: len(best)]


def _clusters_of(trained: Mapping[int, PseudoLabels], names: Sequence[str]) -> dict[str, list[list[int]]]:
    """Return the clusters of some videos, round by round."""
    wanted = set(names)
    clusters: dict[str, list[list[int]]] = defaultdict(list)
    for table in trained.values():
        for name, row in zip(table.video_names, table.memberships, strict=True):
            if name in wanted:
                clusters[name].append(np.flatnonzero(row).tolist())
    return clusters


def _seconds(truth: VideoRecord | None) -> float:
    return np.nan if truth is None or truth.duration is None else truth.duration


def _actions_of(segments: RunSegments, round_: int) -> dict[str, list[int]]:
    """Return the labels of each cluster's detections."""
    found = segments.rounds[round_]
    pairs = np.unique(np.column_stack([found.clusters, found.table.labels]), axis=0).tolist()
    actions: dict[str, list[int]] = defaultdict(list)
    for cluster, label in pairs:
        actions[str(cluster)].append(label)
    return dict(actions)
