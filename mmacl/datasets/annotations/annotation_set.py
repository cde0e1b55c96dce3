"""Annotations in memory: a record for each video, and the list of classes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from mmacl.structures.segments import clip_segments
from mmacl.utils.errors import InputError
from mmacl.utils.log import log_warning

AMBIGUOUS = 'Ambiguous'
"""The label of segments on which the annotators did not agree. It is never a class."""


def _no_segments() -> NDArray[np.float64]:
    """An array without a segment."""
    return np.zeros((0, 2), dtype=np.float64)


def _same_times(mine: NDArray[np.float64], theirs: NDArray[np.float64], tolerance: float) -> bool:
    """Whether the segments are as many, and their times equal up to a tolerance."""
    return mine.shape == theirs.shape and bool(np.all((mine == theirs) | (np.abs(mine - theirs) <= tolerance)))


def _same_scores(mine: NDArray[np.float64] | None, theirs: NDArray[np.float64] | None) -> bool:
    """Whether both have the same scores, or none."""
    if mine is None or theirs is None:
        return mine is theirs
    return np.array_equal(mine, theirs, equal_nan=True)


@dataclass(frozen=True, eq=False)
class VideoRecord:
    """The annotations of one video, as annotated.

    Segments may reach past the end of the video. Whatever scores, draws or hands on instances takes them from
    :meth:`inside`.

    Attributes:
        video_name: features, labels and predictions of a video are matched by it.
        subset: such as ``training``; empty if the file names none.
        duration: seconds; None if the file does not say.
        segments: (N, 2) starts and ends of the action instances, in seconds.
        labels: N names of actions.
        ambiguous: (M, 2) segments, in seconds, that are labelled :data:`AMBIGUOUS`.
        fps: frames per second of the video; None if the file does not say.
        scores: (N,) scores of segments that were found, NaN for one that a person added; None: annotated ones.
    """

    video_name: str
    subset: str = ''
    duration: float | None = None
    segments: NDArray[np.float64] = field(default_factory=_no_segments)
    labels: tuple[str, ...] = ()
    ambiguous: NDArray[np.float64] = field(default_factory=_no_segments)
    fps: float | None = None
    scores: NDArray[np.float64] | None = None

    def inside(self) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """The segments clipped to the duration that the annotations state, see :func:`clip_segments`.

        Returns:
            (N, 2) segments, and (N,) which of them clipping changed.
        """
        return clip_segments(self.segments, self.duration)

    def equals(self, other: VideoRecord, tolerance: float = 0.0) -> bool:
        """Whether both say the same, bit for bit; times of segments up to ``tolerance`` seconds."""
        mine = (self.video_name, self.subset, self.duration, self.fps, self.labels)
        return (
            mine == (other.video_name, other.subset, other.duration, other.fps, other.labels)
            and _same_scores(self.scores, other.scores)
            and _same_times(self.segments, other.segments, tolerance)
            and _same_times(self.ambiguous, other.ambiguous, tolerance)
        )


@dataclass(frozen=True, eq=False)
class AnnotationSet:
    """The records of a file, in its order, and its list of classes.

    Attributes:
        records: one a video, no name twice.
        classes: the actions in label order; None if the file has no such list.
        notes: what a person should know about how the file was understood; commands print them.
    """

    records: list[VideoRecord]
    classes: tuple[str, ...] | None = None
    notes: tuple[str, ...] = ()

    def class_names(self) -> tuple[str, ...] | None:
        """The list of the file, else the labels of all its subsets in alphabetical order; None without any label."""
        if self.classes is not None:
            return self.classes
        return tuple(sorted({label for record in self.records for label in record.labels})) or None

    def label_names(self) -> list[str]:
        """What a person may choose from: the classes, then :data:`AMBIGUOUS` if a video has such a segment."""
        unclear = any(len(record.ambiguous) for record in self.records)
        return [*(self.class_names() or ()), *([AMBIGUOUS] if unclear else [])]

    def first_difference(self, other: AnnotationSet, tolerance: float = 0.0) -> str | None:
        """Name the first thing that differs, see :meth:`VideoRecord.equals`; None if nothing does."""
        if self.classes != other.classes:
            return 'the list of classes'
        if [record.video_name for record in self.records] != [record.video_name for record in other.records]:
            return 'the list of videos'
        pairs = zip(self.records, other.records, strict=True)
        return next(
            (f'video {mine.video_name!r}' for mine, theirs in pairs if not mine.equals(theirs, tolerance)), None
        )

    def select(self, subsets: Sequence[str] | None, exclude: Collection[str], source: str) -> list[VideoRecord]:
        """Records of some subsets, in the order of the file.

        Args:
            subsets: names of subsets; None: all videos.
            exclude: names of videos to leave out. A name that the file does not hold only warns, since one list may
                serve several versions of a data set.
            source: the file, for messages.

        Raises:
            InputError: a subset has no video, or nothing is left.
        """
        sizes = Counter(record.subset for record in self.records)
        for subset in subsets or ():
            if subset not in sizes:
                known = ', '.join(f'{name!r} ({sizes[name]} videos)' for name in sorted(sizes))
                raise InputError(
                    f'no video in subset {subset!r}', file=source, remedy=f'subsets that exist: {known or "none"}'
                )
        unknown = sorted(set(exclude).difference(record.video_name for record in self.records))
        if unknown:
            log_warning(f'{source}: excluded but not there: {", ".join(unknown)}')
        chosen = [
            record
            for record in self.records
            if (subsets is None or record.subset in subsets) and record.video_name not in exclude
        ]
        if not chosen:
            where = f' in subset {", ".join(map(repr, subsets))}' if subsets else ''
            raise InputError(
                f'no video is left{where}', file=source, remedy='name a subset with videos, or exclude fewer'
            )
        return chosen
