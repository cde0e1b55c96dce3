"""Everything that one annotation file says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from mmengine.logging import print_log

from mmacl.datasets.annotations.video_record import VideoRecord
from mmacl.utils import InputError


@dataclass(frozen=True, eq=False)
class AnnotationSet:
    """The records of a file, in its order, and its list of classes.

    Attributes:
        records: one a video, no name twice.
        classes: the actions in label order, or None where the file has no such list.
    """

    records: list[VideoRecord]
    classes: tuple[str, ...] | None = None

    def class_names(self) -> tuple[str, ...] | None:
        """The list of the file, else the labels of all its subsets in alphabetical order; None without any label."""
        if self.classes is not None:
            return self.classes
        return tuple(sorted({label for record in self.records for label in record.labels})) or None

    def select(self, subsets: Sequence[str] | None, exclude: Collection[str], source: str) -> list[VideoRecord]:
        """Records of some subsets, in the order of the file.

        Args:
            subsets: names of subsets; None: all videos.
            exclude: names of videos that are left out. A name that the file does not hold only warns, since one list
                may serve several versions of a data set.
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
            print_log(f'{source}: excluded but not there: {", ".join(unknown)}', logger='current', level=30)
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
