"""Segments of many videos in one table, which can be scored without a loop over videos."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mmacl.utils import InputError


@dataclass(frozen=True, eq=False)
class SegmentTable:
    """Labelled segments, one row each: ground truth (without scores) or detections (with scores).

    Attributes:
        videos: (N,) int64, index of the video. Ground truth and detections that are scored together use the same
            numbers; a video may occur in one of the two tables only.
        segments: (N, 2) float64 starts and ends in seconds.
        labels: (N,) int64 index of the action.
        scores: (N,) float64, a higher score ranks first; None for ground truth.

    Raises:
        InputError: lengths differ, a number is not finite, or a segment ends before it starts.
    """

    videos: NDArray[np.int64]
    segments: NDArray[np.float64]
    labels: NDArray[np.int64]
    scores: NDArray[np.float64] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, 'videos', np.asarray(self.videos, dtype=np.int64))
        object.__setattr__(self, 'segments', np.asarray(self.segments, dtype=np.float64))
        object.__setattr__(self, 'labels', np.asarray(self.labels, dtype=np.int64))
        if self.scores is not None:
            object.__setattr__(self, 'scores', np.asarray(self.scores, dtype=np.float64))
        self._check()

    @classmethod
    def from_videos(cls, videos: Sequence[Mapping[str, ArrayLike]], scored: bool) -> SegmentTable:
        """Stack the segments of videos, in their order; video ``i`` is number ``i``.

        Args:
            videos: one mapping a video with ``segments`` (n, 2), ``labels`` (n,) and, if ``scored``, ``scores`` (n,).
                An empty mapping is a video without segments.
            scored: whether these are detections.
        """
        names = ('segments', 'labels', 'scores') if scored else ('segments', 'labels')
        present = [(i, video) for i, video in enumerate(videos) if video]
        counts = [len(np.asarray(video['labels'])) for _, video in present]
        columns: dict[str, Any] = {}
        for name in names:
            shape, dtype = (-1, 2) if name == 'segments' else (-1,), np.int64 if name == 'labels' else np.float64
            parts = [np.asarray(video[name], dtype=dtype).reshape(shape) for _, video in present]
            columns[name] = np.concatenate([np.zeros((0, 2) if name == 'segments' else 0, dtype), *parts])
        return cls(videos=np.repeat(np.array([i for i, _ in present], dtype=np.int64), counts), **columns)

    @classmethod
    def unlabelled(cls, videos: Sequence[ArrayLike]) -> SegmentTable:
        """Stack segments that belong to no class, such as ambiguous ones; their labels are 0 and mean nothing.

        Args:
            videos: (n, 2) segments of each video, by number of the video.
        """
        parts = [np.asarray(segments, dtype=np.float64).reshape(-1, 2) for segments in videos]
        return cls.from_videos([{'segments': part, 'labels': np.zeros(len(part))} for part in parts], scored=False)

    def __len__(self) -> int:
        return len(self.videos)

    def take(self, rows: NDArray[np.integer[Any]] | slice) -> SegmentTable:
        """Select rows, in the order given."""
        scores = None if self.scores is None else self.scores[rows]
        return SegmentTable(self.videos[rows], self.segments[rows], self.labels[rows], scores)

    def _check(self) -> None:
        shapes = {'segments': self.segments.shape, 'labels': self.labels.shape}
        if self.scores is not None:
            shapes['scores'] = self.scores.shape
        for name, shape in shapes.items():
            expected = (len(self.videos), 2) if name == 'segments' else (len(self.videos),)
            if shape != expected:
                raise InputError(
                    f'{name} of shape {shape} do not fit {len(self.videos)} segments', remedy=f'expected {expected}'
                )
        bad = ~np.isfinite(self.segments).all(axis=1) | ~(self.segments[:, 0] <= self.segments[:, 1])
        if len(rows := np.flatnonzero(bad)):
            start, end = self.segments[rows[0]]
            raise InputError(
                f'segment [{start:g}, {end:g}] (row {rows[0]}, video number {self.videos[rows[0]]}) is '
                'not finite or ends before it starts',
                remedy='correct the file or the model that it comes from',
            )
        if self.scores is not None and len(rows := np.flatnonzero(~np.isfinite(self.scores))):
            raise InputError(
                f'score {self.scores[rows[0]]} (row {rows[0]}, video number {self.videos[rows[0]]}) cannot be ranked',
                remedy='give every segment a finite score',
            )


def without_classes(table: SegmentTable) -> SegmentTable:
    """Give all segments one class; class-agnostic AP is the AP of that class.

    Segments of a video with equal times are merged and keep the highest of their scores. Otherwise a moment annotated
    as two actions would have to be found twice, and a cluster that stands for two actions would pay for finding it
    twice. Of equal scores the lowest row stays; rows keep their order.

    Args:
        table: ground truth or detections.
    """
    # Best first, so that the first of each group of equals is the one that stays.
    ranked = np.arange(len(table)) if table.scores is None else np.argsort(-table.scores, kind='stable')
    keys = np.column_stack([table.videos, table.segments])[ranked]
    first = np.unique(keys, axis=0, return_index=True)[1] if len(table) else np.zeros(0, dtype=np.int64)
    kept = table.take(np.sort(ranked[first]))
    return replace(kept, labels=np.zeros(len(kept), dtype=np.int64))


def whole_videos(detections: SegmentTable, durations: NDArray[np.float64]) -> tuple[SegmentTable, int]:
    """A baseline that ignores time: each video as one segment for each class found in it, with its best score.

    Args:
        detections: scored detections.
        durations: (V,) seconds, NaN where unknown. Such a video ends with its last detection.

    Returns:
        One segment ``[0, duration]`` for each video and class, by video, then by class; and in how many videos with
        detections the duration is unknown.
    """
    assert detections.scores is not None
    ends = np.zeros(len(durations))
    np.maximum.at(ends, detections.videos, detections.segments[:, 1])
    unknown = np.isnan(durations)
    ends = np.where(unknown, ends, durations)
    ranked = detections.take(np.lexsort((-detections.scores, detections.labels, detections.videos)))
    new = np.ones(len(ranked), dtype=bool)
    new[1:] = (np.diff(ranked.videos) != 0) | (np.diff(ranked.labels) != 0)
    best = ranked.take(np.flatnonzero(new))
    segments = np.stack([np.zeros(len(best)), ends[best.videos]], axis=1)
    return replace(best, segments=segments), len(np.unique(best.videos[unknown[best.videos]]))
