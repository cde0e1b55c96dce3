"""The one form in which annotations are held, whatever file they came from."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


def _no_segments() -> NDArray[np.float64]:
    """An array without a segment."""
    return np.zeros((0, 2), dtype=np.float64)


@dataclass(frozen=True, eq=False)
class VideoRecord:
    """What the annotations say about one video.

    Attributes:
        video_name: the name by which features, labels and predictions find each other.
        subset: such as ``training``; empty where the file names none.
        duration: seconds, or None where the file does not say.
        segments: (N, 2) starts and ends of the action instances, in seconds.
        labels: N names of actions.
        ambiguous: (M, 2) stretches, in seconds, in which even annotators did not agree.
    """

    video_name: str
    subset: str = ''
    duration: float | None = None
    segments: NDArray[np.float64] = field(default_factory=_no_segments)
    labels: tuple[str, ...] = ()
    ambiguous: NDArray[np.float64] = field(default_factory=_no_segments)
