"""Which detections overlap a segment that the annotators called *Ambiguous*."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mmacl.evaluation.functional.matching import same_video_pairs
from mmacl.evaluation.functional.segment_table import SegmentTable


def overlaps_ambiguous(detections: SegmentTable, ambiguous: SegmentTable | None) -> NDArray[np.bool_]:
    """Whether each detection shares more than a point with an ambiguous segment of its video, whatever its class.

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
    shared = np.minimum(a[:, 1], b[:, 1]) - np.maximum(a[:, 0], b[:, 0])
    result[rows[shared > 0]] = True
    return result
