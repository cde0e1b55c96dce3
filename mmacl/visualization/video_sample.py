"""Which videos a picture shows where there are too many for it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

MAX_VIDEOS = 5000
"""Pictures of pairs of videos, and of all videos on a plane, show at most so many; time grows with the square."""


def sample_videos(groups: NDArray[np.integer[Any]], most: int = MAX_VIDEOS) -> NDArray[np.int64]:
    """Choose videos evenly from all groups: each keeps its share, up to one video.

    Args:
        groups: (N,) group of each video.
        most: how many may be chosen.

    Returns:
        Rising indices, at most ``most``; all N if there are no more.
    """
    number = len(groups)
    if number <= most:
        return np.arange(number)
    chosen = np.argsort(groups, kind='stable')[np.arange(most) * number // most]
    return np.sort(chosen)


def count_of(number: int, out_of: int) -> str:
    """Say how many videos are shown, such as ``'5,000 of 100,000 videos'``, or ``'12 videos'`` if they are all."""
    return f'{number:,} of {out_of:,} videos' if number < out_of else f'{number:,} video{"s" * (number != 1)}'
