"""Whether the snippets of a video last as long as the video."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mmacl.dataset_tools.fault import Fault
from mmacl.datasets.annotations import VideoRecord

WARN_SNIPPETS, WARN_SHARE = 2.0, 0.02
"""A difference is a warning if it is more than this many snippets and more than this share of the duration.

Extractors leave out frames that do not fill a last window, and durations are rounded.
"""
FAULT_SNIPPETS, FAULT_SHARE = 4.0, 0.1
"""A difference above both is a fault: 30 frames a second taken for 25 make 20 %, 24 for 25 only 4 %."""
USUAL_WINDOW, USUAL_SECONDS = 16, 1.0
"""Frames, and seconds at most, that a feature was computed from, if the timing does not say."""


@dataclass(frozen=True)
class Drift:
    """How far snippets and annotation differ at the end of a video.

    Attributes:
        video: its name.
        file: the features.
        num_snippets: T.
        covered: seconds from the start of the video to the end of the last snippet.
        duration: of the video, in seconds, as annotated.
        snippet_duration: seconds from one snippet to the next.
        window: seconds that a feature was computed from; snippets end earlier than the video by less than that.
    """

    video: str
    file: str
    num_snippets: int
    covered: float
    duration: float
    snippet_duration: float
    window: float = 0.0

    @property
    def seconds(self) -> float:
        """Positive: the snippets last longer than the video."""
        return self.covered - self.duration

    @property
    def share(self) -> float:
        """Of the duration."""
        return self.seconds / self.duration

    def exceeds(self, snippets: float, share: float) -> bool:
        """Whether the difference is more than both; the end of the video may lack less than a window besides."""
        allowed = max(snippets * self.snippet_duration, self.window if self.seconds < 0 else 0.0)
        return abs(self.seconds) > allowed and abs(self.share) > share


def drift_faults(drifts: Sequence[Drift], stated: bool, one_for_all: bool = True) -> list[Fault]:
    """Each video that drifts, and all of them together if the timing itself looks wrong.

    Args:
        drifts: of all videos of a subset.
        stated: whether the timing was stated; else it was estimated from the videos, and nothing is more than a
            warning.
        one_for_all: whether one timing holds for all videos.
    """
    faults = []
    ratios = [drift.duration / drift.covered if drift.exceeds(WARN_SNIPPETS, WARN_SHARE) else 1.0 for drift in drifts]
    ratio = float(np.median(ratios)) if ratios else 1.0
    if stated and one_for_all and abs(ratio - 1) > WARN_SHARE:
        seconds = drifts[0].snippet_duration
        what = (
            f'the timing says {seconds:.4g} s a snippet, but by the durations half of the videos have '
            f'{seconds * ratio:.4g} s or {"more" if ratio > 1 else "less"}'
        )
        remedy = 'correct fps or snippet_stride, or the durations'
        faults.append(Fault('timing', what, 'timing', remedy, warning=abs(ratio - 1) <= FAULT_SHARE))
    for drift in drifts:
        if drift.exceeds(WARN_SNIPPETS, WARN_SHARE):
            what = (
                f'{drift.num_snippets} snippets are {drift.covered:.2f} s, but the video lasts {drift.duration:.2f} s: '
                f'{drift.seconds:+.2f} s, {drift.share:+.1%}'
            )
            remedy = 'check that its features are whole, its duration right and its frame rate that of the timing'
            if one_for_all and stated:
                remedy += '; a table states a timing for each video (--timing)'
            warning = not stated or not drift.exceeds(FAULT_SNIPPETS, FAULT_SHARE)
            faults.append(Fault('drift', what, drift.file, remedy, drift.video, warning=warning))
    return faults


def late_segments(record: VideoRecord, covered: float | None, source: str) -> list[Fault]:
    """Segments inside the video, but after the end of its last snippet, ``covered`` seconds from its start."""
    faults: list[Fault] = []
    if covered is None:
        return faults
    for (start, end), label in zip(record.segments.tolist(), record.labels, strict=True):
        if covered <= start < end <= (record.duration or 0.0):
            what = f'segment [{start:g}, {end:g}] of {label!r} lies after the last snippet ({covered:.2f} s)'
            remedy = 'extract the whole video, or correct the timing'
            faults.append(Fault('behind the features', what, source, remedy, record.video_name, warning=True))
    return faults
