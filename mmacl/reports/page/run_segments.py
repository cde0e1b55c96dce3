"""Ground truth and detections of the validation videos of a run as tables for scoring."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mmacl.evaluation.error_analysis import matched_instances
from mmacl.evaluation.functional import SegmentTable, video_average_precision
from mmacl.evaluation.ground_truth import Clipping, GroundTruth
from mmacl.utils import InputError

if TYPE_CHECKING:
    from mmacl.datasets.annotations import VideoRecord
    from mmacl.runs.run_record import RunRecord
    from mmacl.structures import ActionNames, AttentionCurve


@dataclass(frozen=True, eq=False)
class RoundSegments:
    """The detections of a round.

    Attributes:
        table: N detections, by number of the video, best first within a video.
        clusters: (N,) cluster of each detection.
    """

    table: SegmentTable
    clusters: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class RunSegments:
    """Ground truth and detections of all rounds.

    Attributes:
        videos: names of the V validation videos, in alphabetical order; tables number them in this order.
        labels: names by label: the classes, then other names of detections (clusters without a class).
        truth: instances; empty without annotations.
        durations: (V,) seconds, NaN where unknown.
        rounds: the detections of each round.
        clipping: how many instances reached outside their video.
    """

    videos: tuple[str, ...]
    labels: tuple[str, ...]
    truth: SegmentTable
    durations: NDArray[np.float64]
    rounds: dict[int, RoundSegments]
    clipping: Clipping = field(default_factory=Clipping)

    def hits(self, round_: int, tiou: float) -> NDArray[np.bool_]:
        """Return whether each detection of a round matches an instance by the protocol ``activitynet``, (N,)."""
        found = matched_instances(self.truth, self.rounds[round_].table, np.array([tiou]))
        return np.asarray(found[0] >= 0)

    def quality(self, round_: int, tious: Sequence[float]) -> NDArray[np.float64]:
        """Return the video AP after a round, mean over thresholds, (V,); NaN without ground truth."""
        if not len(self.truth) or not tious:
            return np.full(len(self.videos), np.nan)
        found = self.rounds[round_].table
        return np.asarray(video_average_precision(self.truth, found, tious, len(self.videos)).mean(axis=0))


def run_segments(record: RunRecord, rounds: Sequence[int], names: ActionNames | None = None) -> RunSegments:
    """Read the ground truth and the detections of some rounds of a run.

    Args:
        record: the run.
        rounds: which rounds.
        names: names of the clusters of the last of them; those of other rounds are other clusters.

    Raises:
        InputError: there are names, and the annotations of the run name the clusters.
    """
    found = {round_: record.detections(round_) for round_ in rounds}
    if names is not None:
        if record.truth_of:
            raise InputError(
                'its annotations name the clusters', file=record.work_dir, remedy='leave the names of a person out'
            )
        found[rounds[-1]] = {video: names.relabel(rows) for video, rows in found[rounds[-1]].items()}
    curves = {round_: record.attention(round_) for round_ in rounds}
    videos = tuple(sorted({name for round_ in rounds for name in (*found[round_], *curves[round_])}))
    truth_of = record.truth_of
    known: dict[str, None] = dict.fromkeys(record.classes or ())
    known |= dict.fromkeys(sorted({label for name in videos if name in truth_of for label in truth_of[name].labels}))
    known |= dict.fromkeys(sorted({row['label'] for of in found.values() for rows in of.values() for row in rows}))
    label_of: dict[str, int] = {name: label for label, name in enumerate(known)}
    truth = GroundTruth.of_videos(str(record.work_dir), {name: _truth(truth_of.get(name), label_of) for name in videos})
    durations = [_duration(name, curves, record) for name in videos]
    return RunSegments(
        videos,
        tuple(label_of),
        truth.instances,
        np.array(durations, dtype=np.float64),
        {round_: _segments(of, videos, label_of) for round_, of in found.items()},
        truth.clipping,
    )


def _truth(truth: VideoRecord | None, labels: Mapping[str, int]) -> Mapping[str, ArrayLike]:
    """The instances of a video as :meth:`GroundTruth.of_videos` takes them; none where it is not annotated."""
    if truth is None:
        return {}
    segments, clipped = truth.inside()
    return {'segments': segments, 'labels': [labels[label] for label in truth.labels], 'clipped': clipped}


def _segments(
    found: Mapping[str, list[dict[str, Any]]], videos: tuple[str, ...], labels: Mapping[str, int]
) -> RoundSegments:
    rows = [(number, row) for number, name in enumerate(videos) for row in found.get(name, ())]
    table = SegmentTable(
        np.array([number for number, _ in rows], dtype=np.int64),
        np.array([row['segment'] for _, row in rows], dtype=np.float64).reshape(-1, 2),
        np.array([labels[row['label']] for _, row in rows], dtype=np.int64),
        np.array([row['score'] for _, row in rows], dtype=np.float64),
    )
    clusters = np.array([row.get('cluster', -1) for _, row in rows], dtype=np.int64)
    assert table.scores is not None
    order = np.lexsort((-table.scores, table.videos))
    return RoundSegments(table.take(order), clusters[order])


def _duration(name: str, curves: Mapping[int, Mapping[str, AttentionCurve]], record: RunRecord) -> float:
    for of_round in reversed(list(curves.values())):
        if name in of_round:
            return of_round[name].duration
    truth = record.truth_of.get(name)
    return np.nan if truth is None or truth.duration is None else truth.duration
