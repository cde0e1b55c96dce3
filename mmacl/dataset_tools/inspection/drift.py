"""Whether the snippets of a video last as long as the video."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mmacl.dataset_tools.inspection.fault import Fault

WARN_SNIPPETS, WARN_SHARE = 2.0, 0.02
"""A difference is worth a word if it is more than this many snippets and more than this share of the duration.

Extractors leave out what does not fill a last snippet, and durations are rounded.
"""
FAULT_SNIPPETS, FAULT_SHARE = 4.0, 0.1
"""A difference above both is a fault: 30 frames a second taken for 25 make 20 %, 24 for 25 only 4 %."""


@dataclass(frozen=True)
class Drift:
    """How far snippets and annotation differ by the end of a video.

    Attributes:
        video: its name.
        file: the features.
        num_snippets: T.
        covered: seconds from the start of the video to the end of the last snippet.
        duration: of the video, in seconds, as annotated.
        snippet_duration: seconds from one snippet to the next.
    """

    video: str
    file: str
    num_snippets: int
    covered: float
    duration: float
    snippet_duration: float

    @property
    def seconds(self) -> float:
        """Positive: the snippets last longer than the video."""
        return self.covered - self.duration

    @property
    def share(self) -> float:
        """Of the duration."""
        return self.seconds / self.duration

    def exceeds(self, snippets: float, share: float) -> bool:
        """Whether the difference is more than both, in absolute terms."""
        return abs(self.seconds) > snippets * self.snippet_duration and abs(self.share) > share


def drift_faults(drifts: Sequence[Drift], stated: bool) -> list[Fault]:
    """Each video that drifts, and all of them together where the timing itself looks wrong.

    Args:
        drifts: of all videos of a subset.
        stated: whether the timing was stated; else it was estimated from the videos, and nothing is more than a
            warning.
    """
    faults = []
    if stated and drifts:
        ratio = float(np.median([drift.duration / drift.covered for drift in drifts]))
        if abs(ratio - 1) > WARN_SHARE:
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
            remedy = 'see whether its features are whole, its duration right and its frame rate that of the timing'
            warning = not stated or not drift.exceeds(FAULT_SNIPPETS, FAULT_SHARE)
            faults.append(Fault('drift', what, drift.file, remedy, drift.video, warning=warning))
    return faults
