"""Temporal segments: their overlap, and conversion between snippets and seconds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray


def temporal_iou(segments: ArrayLike, others: ArrayLike) -> NDArray[np.float64]:
    """Compute the temporal intersection over union of every pair (Sec. 4.1).

    Args:
        segments: (N, 2) starts and ends, in any one unit.
        others: (M, 2), in the same unit.

    Returns:
        (N, M) in [0, 1]; 0 where the union is empty (two segments of zero length).
    """
    a = np.asarray(segments, dtype=np.float64).reshape(-1, 1, 2)
    b = np.asarray(others, dtype=np.float64).reshape(1, -1, 2)
    return _overlap_over_union(a, b)


def paired_temporal_iou(segments: ArrayLike, others: ArrayLike) -> NDArray[np.float64]:
    """Compute the temporal intersection over union of each segment with the one in the same row.

    Args:
        segments: (N, 2) starts and ends, in any one unit.
        others: (N, 2), in the same unit.

    Returns:
        (N,) in [0, 1]; 0 where the union is empty.
    """
    a = np.asarray(segments, dtype=np.float64).reshape(-1, 2)
    b = np.asarray(others, dtype=np.float64).reshape(-1, 2)
    return _overlap_over_union(a, b)


def _overlap_over_union(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """Overlap over union; the last axis holds start and end, the other axes broadcast."""
    overlap = np.minimum(a[..., 1], b[..., 1]) - np.maximum(a[..., 0], b[..., 0])
    overlap = np.clip(overlap, 0.0, None)
    union = (a[..., 1] - a[..., 0]) + (b[..., 1] - b[..., 0]) - overlap
    return np.divide(overlap, union, out=np.zeros_like(overlap), where=union > 0)


def clip_segments(segments: ArrayLike, duration: float | None) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Clip segments to their video.

    Args:
        segments: (N, 2) starts and ends in seconds.
        duration: length of the video in seconds; None: unknown, segments are clipped at 0 only.

    Returns:
        (N, 2) segments inside ``[0, duration]``, and (N,) which of them this changed. A segment outside the video has
        length 0 afterwards.
    """
    before = np.asarray(segments, dtype=np.float64).reshape(-1, 2)
    after = np.clip(before, 0.0, duration)
    return after, (after != before).any(axis=1)


@dataclass(frozen=True)
class SnippetTiming:
    """Time of the snippets of a video: snippet ``i`` covers ``offset + [i, i + 1) * snippet_duration`` seconds.

    Attributes:
        snippet_duration: seconds from one snippet to the next (stride / fps).
        offset: seconds before the first snippet.
        duration: length of the video in seconds; segments are clipped to it. None: unknown, nothing is clipped.
    """

    snippet_duration: float
    offset: float = 0.0
    duration: float | None = None

    def to_seconds(self, snippets: ArrayLike) -> NDArray[np.float64]:
        """Convert half-open snippet indices (fractions allowed), any shape, to seconds, clipped to the video."""
        seconds = self.offset + np.asarray(snippets, dtype=np.float64) * self.snippet_duration
        return np.clip(seconds, 0.0, self.duration)

    def to_snippets(self, seconds: ArrayLike) -> NDArray[np.float64]:
        """Convert seconds, any shape, to fractional snippet indices."""
        return (np.asarray(seconds, dtype=np.float64) - self.offset) / self.snippet_duration
