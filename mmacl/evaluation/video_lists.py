"""Named lists of test videos, since THUMOS14 is scored on three."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from mmacl.evaluation.functional import SegmentTable
from mmacl.utils import InputError

# Times in files have one or two decimals.
_SAME_TIME = 1e-3


@dataclass(frozen=True)
class VideoList:
    """Which videos and instances a published score counts.

    Attributes:
        name: what tables call it.
        excluded: whole names of videos that it leaves out.
        num_videos: videos that have an instance.
        num_instances: instances that it counts.
        without_duplicates: whether only one is kept of several instances of a class with the same start and end after
            they are clipped to their video, and none that is empty then.
        ends: durations in seconds of the videos that have instances past their end, for that clipping.
    """

    name: str
    excluded: frozenset[str]
    num_videos: int
    num_instances: int
    without_duplicates: bool = False
    ends: Mapping[str, float] = field(default_factory=dict)

    def select(
        self, video_names: Sequence[str], ground_truths: SegmentTable, source: str
    ) -> tuple[NDArray[np.bool_], SegmentTable]:
        """Keep the videos and instances of the list, and make sure that they are as many as it says.

        Args:
            video_names: names of the videos by number.
            ground_truths: all instances of the subset.
            source: where they come from, for messages.

        Returns:
            Whether each video is on the list, (num_videos,), and the instances that count, in their order. Times stay
            as they are. A video without instances is on no list.

        Raises:
            InputError: the numbers of videos or instances are not those of the list.
        """
        allowed = np.array([name not in self.excluded for name in video_names], dtype=bool)
        kept = ground_truths.take(np.flatnonzero(allowed[ground_truths.videos]))
        if self.without_duplicates:
            kept = kept.take(self._once(video_names, kept))
        on_list = np.isin(np.arange(len(video_names)), kept.videos)
        if (on_list.sum(), len(kept)) != (self.num_videos, self.num_instances):
            raise InputError(
                f'video list {self.name} has {self.num_videos} videos and {self.num_instances:,} '
                f'instances, found {on_list.sum()} and {len(kept):,}',
                file=source,
                remedy=f'choose another of {", ".join(VIDEO_LISTS)}, or another file or subset',
            )
        return on_list, kept

    def _once(self, video_names: Sequence[str], table: SegmentTable) -> NDArray[np.int64]:
        """Rows of the first of each group of equal instances that have a length."""
        ends = np.array([self.ends.get(name, np.inf) for name in video_names])
        segments = np.minimum(table.segments, ends[table.videos][:, None])
        times = np.rint(segments / _SAME_TIME).astype(np.int64)
        keys = np.column_stack([table.videos, table.labels, times])
        first = np.unique(keys, axis=0, return_index=True)[1]
        return np.sort(first[times[first, 1] > times[first, 0]])


_WRONG_ANNOTATIONS = 'video_test_0000270'
_ONLY_AMBIGUOUS = 'video_test_0001292'
_OTHER_WRONG_ANNOTATIONS = 'video_test_0001496'

VIDEO_LISTS: dict[str, VideoList] = {
    videos.name: videos
    for videos in (
        VideoList('thumos14_test_212', frozenset({_ONLY_AMBIGUOUS}), 212, 3358),
        VideoList(
            'thumos14_test_211',
            frozenset({_WRONG_ANNOTATIONS, _ONLY_AMBIGUOUS}),
            211,
            3325,
            without_duplicates=True,
            ends={'video_test_0000814': 181.2343537, 'video_test_0001081': 117.2343537},
        ),
        VideoList(
            'thumos14_test_210',
            frozenset({_WRONG_ANNOTATIONS, _ONLY_AMBIGUOUS, _OTHER_WRONG_ANNOTATIONS}),
            210,
            3311,
        ),
    )
}
"""The lists of THUMOS14's test videos by name, with what each counts."""


def video_list_named(name: str) -> VideoList:
    """The list of that name; ``212`` is short for ``thumos14_test_212``.

    Raises:
        InputError: there is none.
    """
    found = VIDEO_LISTS.get(name) or VIDEO_LISTS.get(f'thumos14_test_{name}')
    if found is None:
        raise InputError(f'video list {name!r} is not known', remedy=f'choose one of {", ".join(VIDEO_LISTS)}')
    return found
