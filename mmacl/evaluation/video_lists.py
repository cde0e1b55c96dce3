"""Named lists of test videos; THUMOS14 is scored on three."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mmacl.utils import InputError


@dataclass(frozen=True)
class VideoList:
    """Which videos and instances a published score counts, see :meth:`GroundTruth.on_list`.

    Attributes:
        name: what tables call it.
        excluded: whole names of videos that it leaves out.
        num_videos: videos that have an instance.
        num_instances: instances that it counts.
        counts_outside: whether instances outside their video count (as missed). False: they are dropped.
        ends: durations in seconds of videos that have instances past their end, for annotations that state none.
    """

    name: str
    excluded: frozenset[str]
    num_videos: int
    num_instances: int
    counts_outside: bool = False
    ends: Mapping[str, float] = field(default_factory=dict)


# Three instances of 814 and one of 1081 begin after the end of their video.
_ENDS = {'video_test_0000814': 181.2343537, 'video_test_0001081': 117.2343537}
_WRONG_ANNOTATIONS = 'video_test_0000270'
_ONLY_AMBIGUOUS = 'video_test_0001292'
_OTHER_WRONG_ANNOTATIONS = 'video_test_0001496'

VIDEO_LISTS: dict[str, VideoList] = {
    videos.name: videos
    for videos in (
        VideoList('thumos14_test_212', frozenset({_ONLY_AMBIGUOUS}), 212, 3358, counts_outside=True),
        VideoList(
            'thumos14_test_211',
            frozenset({_WRONG_ANNOTATIONS, _ONLY_AMBIGUOUS}),
            211,
            3325,
            ends=_ENDS,
        ),
        VideoList(
            'thumos14_test_210',
            frozenset({_WRONG_ANNOTATIONS, _ONLY_AMBIGUOUS, _OTHER_WRONG_ANNOTATIONS}),
            210,
            3311,
            counts_outside=True,
        ),
    )
}
"""The lists of THUMOS14's test videos by name, with what each counts."""


def video_list_named(name: str) -> VideoList:
    """Return the list of that name; ``212`` is short for ``thumos14_test_212``.

    Raises:
        InputError: there is no such list.
    """
    found = VIDEO_LISTS.get(name) or VIDEO_LISTS.get(f'thumos14_test_{name}')
    if found is None:
        raise InputError(f'video list {name!r} is not known', remedy=f'choose one of {", ".join(VIDEO_LISTS)}')
    return found
