"""Compare overlaps and temporal IoUs in spite of rounding errors.

Times such as 96.9 and 97.7 s have no exact binary form. The overlap of [96.9, 98.5] and [96.9, 97.7] is exactly half of
their union, but 64-bit arithmetic gives 0.49999999999999556. All protocols, the error analysis and average recall
compare with the functions below.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mmacl.evaluation.functional.segment_table import SegmentTable

RELATIVE_TOLERANCE = 1e-9
"""Two values count as equal if they differ by no more than this part of them.

Rounding errors of temporal IoU stay below 1e-10 for overlaps of 0.1 s or more in videos of up to three hours. The
temporal IoU of times with two decimals differs from a threshold with two decimals by more than 2e-9 in videos of up to
ten hours, unless the two are equal.
"""


def reaches(values: ArrayLike, thresholds: ArrayLike) -> NDArray[np.bool_]:
    """``value >= threshold`` with :data:`RELATIVE_TOLERANCE`; thresholds are not negative."""
    return np.asarray(np.asarray(values) >= np.asarray(thresholds) * (1 - RELATIVE_TOLERANCE))


def exceeds(values: ArrayLike, thresholds: ArrayLike) -> NDArray[np.bool_]:
    """``value > threshold`` with :data:`RELATIVE_TOLERANCE`; thresholds are not negative."""
    return np.asarray(np.asarray(values) > np.asarray(thresholds) * (1 + RELATIVE_TOLERANCE))


def by_falling_tiou(
    askers: NDArray[np.int64], tious: NDArray[np.float64], asked: NDArray[np.integer[Any]]
) -> NDArray[np.int64]:
    """Order pairs by asker, then by falling temporal IoU; of equal ones the lowest number that is asked comes first.

    Args:
        askers: (P,) number of the row that chooses.
        tious: (P,) temporal IoU.
        asked: (P,) number of what it may choose.

    Returns:
        (P,) rows of the pairs.
    """
    order = np.lexsort((-tious, askers))
    own, falling = askers[order], tious[order]
    equal = (own[1:] == own[:-1]) & reaches(falling[1:], falling[:-1])
    groups = np.zeros(len(order), dtype=np.int64)
    groups[1:] = np.cumsum(~equal)
    return np.asarray(order[np.lexsort((asked[order], groups))])


def same_video_pairs(
    videos: NDArray[np.int64], other_videos: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Find all pairs of rows of two tables that belong to the same video, without a loop over videos.

    Args:
        videos: (N,) video of each row of the one table.
        other_videos: (M,) video of each row of the other.

    Returns:
        Rows of the one and rows of the other, (P,) each, sorted by the first, then by the second.
    """
    by_video = np.argsort(other_videos, kind='stable')
    ordered = other_videos[by_video]
    first = np.searchsorted(ordered, videos, side='left')
    counts = np.searchsorted(ordered, videos, side='right') - first
    # Row p of the join is number p - (pairs of earlier rows) among the others of its video.
    rows = np.repeat(np.arange(len(videos)), counts)
    within = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
    return rows, by_video[np.repeat(first, counts) + within]


def overlaps_ambiguous(detections: SegmentTable, ambiguous: SegmentTable | None) -> NDArray[np.bool_]:
    """Find the detections of any class that share more than a point with an *Ambiguous* segment of their video.

    Args:
        detections: segments in any unit.
        ambiguous: segments in the same unit; their labels are not read. None: there are none.

    Returns:
        (N,), one for each detection.
    """
    result = np.zeros(len(detections), dtype=bool)
    if ambiguous is None or not len(ambiguous):
        return result
    rows, others = same_video_pairs(detections.videos, ambiguous.videos)
    a, b = detections.segments[rows], ambiguous.segments[others]
    result[rows[exceeds(np.minimum(a[:, 1], b[:, 1]), np.maximum(a[:, 0], b[:, 0]))]] = True
    return result
