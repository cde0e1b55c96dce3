"""The ground truth of a subset as tables that can be scored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from os import PathLike

import numpy as np
from numpy.typing import NDArray

from mmacl.datasets.annotations import AMBIGUOUS, AnnotationSet, VideoRecord
from mmacl.datasets.annotations.entries import read_lines
from mmacl.evaluation.functional import SegmentTable
from mmacl.evaluation.video_lists import VideoList
from mmacl.utils import InputError


@dataclass(frozen=True, eq=False)
class GroundTruth:
    """Instances and ambiguous segments of some videos.

    Attributes:
        source: where they come from, for messages.
        video_names: in alphabetical order; the number of a video is its place here.
        classes: names by label.
        instances: what is to be found, by video, then in the order of the annotations.
        ambiguous: segments that some protocols forgive; their labels mean nothing.
    """

    source: str
    video_names: tuple[str, ...]
    classes: tuple[str, ...]
    instances: SegmentTable
    ambiguous: SegmentTable

    @classmethod
    def from_annotations(cls, annotations: AnnotationSet, subset: str | None, source: str) -> GroundTruth:
        """The videos of a subset. Instances that are labelled *Ambiguous* are taken for ambiguous segments.

        Args:
            annotations: what a reader read.
            subset: name of the subset; None: all videos.
            source: the file, for messages.

        Raises:
            InputError: there is no such subset, or no instance in it, or a time is not finite.
        """
        records = annotations.select(None if subset is None else [subset], (), source)
        records = sorted(records, key=lambda record: record.video_name)
        classes = tuple(name for name in annotations.class_names() or () if name != AMBIGUOUS)
        labels = {name: label for label, name in enumerate(classes)}
        truth, ambiguous = [], []
        for record in records:
            unclear = np.array([name == AMBIGUOUS for name in record.labels], dtype=bool)
            named = [name for name in record.labels if name != AMBIGUOUS]
            unknown = [name for name in named if name not in labels]
            if unknown:
                raise InputError(
                    f'video {record.video_name!r}: {unknown[0]!r:.80} is not in the list of classes',
                    file=source,
                    remedy='correct the annotation or the list',
                )
            if not (np.isfinite(record.segments).all() and np.isfinite(record.ambiguous).all()):
                raise InputError(
                    f'video {record.video_name!r} has a time that is not finite',
                    file=source,
                    remedy='correct the annotation',
                )
            truth.append({'segments': record.segments[~unclear], 'labels': [labels[name] for name in named]})
            ambiguous.append(np.concatenate([record.ambiguous, record.segments[unclear]]))
        instances = SegmentTable.from_videos(truth, scored=False)
        if not len(instances):
            raise InputError(
                f'no instance in {subset or "any subset"}', file=source, remedy='name a subset with annotations'
            )
        names = tuple(record.video_name for record in records)
        return cls(source, names, classes, instances, SegmentTable.unlabelled(ambiguous))

    def on_list(self, videos: VideoList) -> GroundTruth:
        """The part that is on a named list.

        Raises:
            InputError: it has not the videos and instances that the list says.
        """
        kept, instances = videos.select(self.video_names, self.instances, self.source)
        numbers = np.cumsum(kept) - 1
        return replace(
            self,
            video_names=tuple(name for name, keep in zip(self.video_names, kept, strict=True) if keep),
            instances=replace(instances, videos=numbers[instances.videos]),
            ambiguous=_renumbered(self.ambiguous, kept, numbers),
        )

    def with_ambiguous(self, path: str | PathLike[str]) -> GroundTruth:
        """The same with the ambiguous segments of a text file, lines ``video start end``, in place of its own.

        Lines of other videos are ignored: such a file covers the whole data set.

        Raises:
            InputError: the file cannot be read, or a line is none of that form.
        """
        segments: dict[str, list[list[float]]] = {}
        for name, start, end in read_lines(path):
            segments.setdefault(name, []).append([start, end])
        return replace(self, ambiguous=SegmentTable.unlabelled([segments.get(name, []) for name in self.video_names]))


def subset_of(records: Sequence[VideoRecord], video_names: Sequence[str], source: str) -> str | None:
    """The one subset that the named videos belong to; None where the annotations have no subsets.

    Args:
        records: all videos of the annotations.
        video_names: those that have results.
        source: the annotations, for messages.

    Raises:
        InputError: they belong to none or to several.
    """
    everything = sorted({record.subset for record in records})
    if everything in ([], ['']):
        return None
    plain = {name.removeprefix('v_') for name in video_names}
    found = sorted({record.subset for record in records if record.video_name.removeprefix('v_') in plain})
    if not found:
        example = f', such as {video_names[0]!r}' if video_names else ''
        raise InputError(
            f'knows none of the {len(video_names)} videos of the results{example}',
            file=source,
            remedy=(
                'name the annotations that belong to them, or a subset '
                f'({", ".join(map(repr, everything))}) with --subset'
            ),
        )
    if len(found) > 1:
        raise InputError(
            f'the results have videos of {len(found)} subsets ({", ".join(map(repr, found))})',
            file=source,
            remedy='name one with --subset',
        )
    return found[0]


def _renumbered(table: SegmentTable, kept: NDArray[np.bool_], numbers: NDArray[np.int64]) -> SegmentTable:
    table = table.take(np.flatnonzero(kept[table.videos]))
    return replace(table, videos=numbers[table.videos])
