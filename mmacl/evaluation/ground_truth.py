"""The ground truth of some videos in the form that is scored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from os import PathLike
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mmacl.datasets.annotations.annotation_set import AMBIGUOUS, AnnotationSet, VideoRecord
from mmacl.datasets.annotations.entries import read_lines
from mmacl.evaluation.functional.segment_table import SegmentTable
from mmacl.evaluation.video_lists import VIDEO_LISTS, VideoList
from mmacl.structures.segments import clip_segments
from mmacl.utils import InputError

ALL_SUBSETS = 'all'
"""Means all subsets, unless a subset has this name."""


@dataclass(frozen=True)
class Clipping:
    """Numbers of instances that reach outside their video.

    Attributes:
        clipped: counted with the part inside the video.
        dropped: outside the video as a whole and not counted.
        missed: outside the video as a whole and counted, as some lists of videos do. Nothing can find them.
    """

    clipped: int = 0
    dropped: int = 0
    missed: int = 0

    def __str__(self) -> str:
        """Say the numbers in words; empty if every instance lies inside its video."""
        words = ('clipped to the video', 'outside the video dropped', 'outside the video count as missed')
        numbers = (self.clipped, self.dropped, self.missed)
        return ', '.join(f'{number} {what}' for number, what in zip(numbers, words, strict=True) if number)

    def as_json(self) -> dict[str, int]:
        """Return the numbers by the keys that the JSON of every command has."""
        return {f'instances_{name}': number for name, number in asdict(self).items()}


@dataclass(frozen=True, eq=False)
class GroundTruth:
    """Instances and ambiguous segments of some videos.

    Instances are clipped to ``[0, duration]`` where the annotations state the duration, else at 0 only. An instance
    outside its video is dropped, unless ``keeps_outside``. One that was annotated without length counts.

    Attributes:
        source: where they come from, for messages.
        video_names: in alphabetical order; the number of a video is its place here.
        classes: names by label.
        clipped_instances: all instances after clipping, by video, then in the order of the annotations.
        changed: (N,) which of them clipping changed.
        ambiguous: segments that some protocols forgive; their labels mean nothing.
        durations: (V,) seconds, NaN where unknown.
        keeps_outside: whether instances outside their video count.
    """

    source: str
    video_names: tuple[str, ...]
    classes: tuple[str, ...]
    clipped_instances: SegmentTable
    changed: NDArray[np.bool_]
    ambiguous: SegmentTable
    durations: NDArray[np.float64]
    keeps_outside: bool = False

    @classmethod
    def of_videos(
        cls, source: str, videos: Mapping[str, Mapping[str, ArrayLike]], classes: Sequence[str] = ()
    ) -> GroundTruth:
        """Stack the instances of videos.

        Args:
            source: where they come from, for messages.
            videos: by name, in the order in which they are numbered. Each has ``segments`` (n, 2) inside the video and
                ``labels`` (n,), and if known ``clipped`` (n,), which of them were clipped, ``ambiguous`` (m, 2) and
                ``duration``.
            classes: names by label.
        """
        changed = [
            np.asarray(video.get('clipped', np.zeros(np.shape(video['labels']))), dtype=bool)
            for video in videos.values()
            if 'labels' in video
        ]
        return cls(
            source,
            tuple(videos),
            tuple(classes),
            SegmentTable.from_videos([video if 'labels' in video else {} for video in videos.values()], scored=False),
            np.concatenate([np.zeros(0, dtype=bool), *changed]),
            SegmentTable.unlabelled([video.get('ambiguous', ()) for video in videos.values()]),
            np.array([video.get('duration', np.nan) for video in videos.values()], dtype=np.float64),
        )

    @classmethod
    def from_annotations(cls, annotations: AnnotationSet, subset: str | None, source: str) -> GroundTruth:
        """The videos of a subset. Instances that are labelled *Ambiguous* become ambiguous segments.

        Args:
            annotations: what a reader read.
            subset: name of the subset; None: all videos.
            source: the file, for messages.

        Raises:
            InputError: there is no such subset or no instance in it, a label is not a class, or a time or a duration
                is not a number of seconds.
        """
        records = annotations.select(None if subset is None else [subset], (), source)
        classes = tuple(name for name in annotations.class_names() or () if name != AMBIGUOUS)
        labels = {name: label for label, name in enumerate(classes)}
        records = sorted(records, key=lambda record: record.video_name)
        truth = cls.of_videos(source, {r.video_name: _columns(r, labels, source) for r in records}, classes)
        if not len(truth.instances):
            raise InputError(
                f'no instance in {subset or "any subset"}', file=source, remedy='name a subset with annotations'
            )
        return truth

    @cached_property
    def instances(self) -> SegmentTable:
        """The instances to score."""
        return self.clipped_instances if self.keeps_outside else self.clipped_instances.take(np.flatnonzero(~self._out))

    @property
    def clipping(self) -> Clipping:
        """Numbers of instances that were clipped or dropped."""
        outside = int(self._out.sum())
        clipped = int(self.changed.sum()) - outside
        return Clipping(clipped, 0, outside) if self.keeps_outside else Clipping(clipped, outside)

    def on_list(self, videos: VideoList) -> GroundTruth:
        """Select the videos and instances of a named list.

        A video without instances is on no list.

        Raises:
            InputError: the numbers of videos or instances are not those of the list.
        """
        segments, changed = self.clipped_instances.segments.copy(), self.changed.copy()
        for number, name in enumerate(self.video_names):
            if name in videos.ends:
                rows = self.clipped_instances.videos == number
                segments[rows], newly = clip_segments(segments[rows], videos.ends[name])
                changed[rows] |= newly
        whole = replace(
            self,
            clipped_instances=replace(self.clipped_instances, segments=segments),
            changed=changed,
            keeps_outside=videos.counts_outside,
        )
        allowed = np.array([name not in videos.excluded for name in self.video_names], dtype=bool)
        kept = allowed & np.isin(np.arange(len(allowed)), whole.instances.videos)
        part = whole._of(kept)
        if (len(part.video_names), len(part.instances)) != (videos.num_videos, videos.num_instances):
            raise InputError(
                f'video list {videos.name} has {videos.num_videos} videos and {videos.num_instances:,} '
                f'instances, found {len(part.video_names)} and {len(part.instances):,}',
                file=self.source,
                remedy=f'choose another of {", ".join(VIDEO_LISTS)}, or another file or subset',
            )
        return part

    def with_ambiguous(self, path: str | PathLike[str]) -> GroundTruth:
        """Replace the ambiguous segments by those of a text file, lines ``video start end``.

        Lines of other videos are ignored, since such a file covers the whole data set.

        Raises:
            InputError: the file cannot be read, or a line has another form.
        """
        segments: dict[str, list[list[float]]] = {}
        for name, start, end in read_lines(path):
            segments.setdefault(name, []).append([start, end])
        return replace(self, ambiguous=SegmentTable.unlabelled([segments.get(name, []) for name in self.video_names]))

    @property
    def _out(self) -> NDArray[np.bool_]:
        """(N,) instances without a part inside the video."""
        segments = self.clipped_instances.segments
        return self.changed & (segments[:, 0] == segments[:, 1])

    def _of(self, kept: NDArray[np.bool_]) -> GroundTruth:
        """Select videos and renumber them."""
        numbers = np.cumsum(kept) - 1

        def renumbered(table: SegmentTable, rows: NDArray[np.int64]) -> SegmentTable:
            table = table.take(rows)
            return replace(table, videos=numbers[table.videos])

        rows = np.flatnonzero(kept[self.clipped_instances.videos])
        return replace(
            self,
            video_names=tuple(np.array(self.video_names, dtype=object)[kept]),
            clipped_instances=renumbered(self.clipped_instances, rows),
            changed=self.changed[rows],
            ambiguous=renumbered(self.ambiguous, np.flatnonzero(kept[self.ambiguous.videos])),
            durations=self.durations[kept],
        )


def subset_of(records: Sequence[VideoRecord], video_names: Sequence[str], source: str) -> str | None:
    """Find the one subset that the named videos belong to; None if the annotations have no subsets.

    Args:
        records: all videos of the annotations.
        video_names: the videos with results.
        source: the annotations, for messages.

    Raises:
        InputError: they belong to no subset, or to several.
    """
    everything = sorted({record.subset for record in records})
    if everything in ([], ['']):
        return None
    plain = {name.removeprefix('v_') for name in video_names}
    found = sorted({record.subset for record in records if record.video_name.removeprefix('v_') in plain})
    if not found:
        example = f', such as {video_names[0]!r}' if video_names else ''
        raise InputError(
            f'has none of the {len(video_names)} videos of the results{example}',
            file=source,
            remedy=(
                'give the annotations that belong to them, or a subset '
                f'({", ".join(map(repr, everything))}) with --subset'
            ),
        )
    if len(found) > 1:
        raise InputError(
            f'the results have videos of {len(found)} of its subsets ({", ".join(map(repr, found))})',
            file=source,
            remedy=f'name one with --subset, or score all together with --subset {ALL_SUBSETS}',
        )
    return found[0]


def _columns(record: VideoRecord, labels: Mapping[str, int], source: str) -> dict[str, Any]:
    """Convert a record to the form that :meth:`GroundTruth.of_videos` takes."""
    unclear = np.array([name == AMBIGUOUS for name in record.labels], dtype=bool)
    named = [name for name in record.labels if name != AMBIGUOUS]
    unknown = [name for name in named if name not in labels]
    if unknown:
        raise InputError(
            f'{unknown[0]!r:.80} is not in the list of classes',
            file=source,
            video=record.video_name,
            remedy='correct the annotation or the list',
        )
    if not (np.isfinite(record.segments).all() and np.isfinite(record.ambiguous).all()):
        raise InputError('a time is not finite', file=source, video=record.video_name, remedy='correct the annotation')
    if record.duration is not None and not (np.isfinite(record.duration) and record.duration > 0):
        raise InputError(
            f'duration {record.duration} s is not positive and finite',
            file=source,
            video=record.video_name,
            remedy='state the length of the video in seconds, or leave it out',
        )
    segments, clipped = record.inside()
    return {
        'segments': segments[~unclear],
        'labels': [labels[name] for name in named],
        'clipped': clipped[~unclear],
        'ambiguous': np.concatenate([record.ambiguous, record.segments[unclear]]),
        'duration': np.nan if record.duration is None else record.duration,
    }
