"""The list of videos, and the data of their timelines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
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

HIT_TIOU = 0.5


@dataclass(frozen=True, eq=False)
class VideoData:
    """The videos of the page.

    Attributes:
        content: for JSON; ``videos`` holds the validation videos first, then the other training videos.
        quality: (V,) video AP of the validation videos after the last round shown, NaN without ground truth.
        names: names of all videos.
    """

    content: dict[str, Any]
    quality: NDArray[np.float64]
    names: tuple[str, ...]


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
    training = tuple(name for name in trained[last].video_names if name not in set(segments.videos))
    for name in training:
        for label in record.truth_of[name].labels if name in record.truth_of else ():
            labels.setdefault(label, len(labels))
    clusters: dict[str, list[list[int]]] = defaultdict(list)
    for table in trained.values():
        for name, row in zip(table.video_names, table.memberships, strict=True):
            clusters[name].append(np.flatnonzero(row).tolist())

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
    videos: list[dict[str, Any]] = []
    for number, name in enumerate([*segments.videos, *training]):
        truth, curve = record.truth_of.get(name), curves.get(name)
        validated = number < len(segments.videos)
        duration = segments.durations[number] if validated else _seconds(truth)
        seconds = None if np.isnan(duration) else round(float(duration), 2)
        unit = unit_of(duration)
        video: dict[str, Any] = {'name': name, 'seconds': seconds, 'unit': unit}
        if truth is not None:
            video |= {'subset': truth.subset, 'truth': truth_data(truth, labels, unit)}
        if name in clusters:
            video['trained'] = clusters[name]
        if validated:
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
    return VideoData(content, qualities[last], tuple(video['name'] for video in videos))


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
