"""Match detections to instances."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mmacl.evaluation.functional.overlap import by_falling_tiou, exceeds, reaches, same_video_pairs
from mmacl.evaluation.functional.segment_table import SegmentTable
from mmacl.structures import paired_temporal_iou


@dataclass(frozen=True, eq=False)
class CandidatePairs:
    """Pairs of a detection and an instance of one video that overlap enough to be matched.

    Sorted by detection, then in the order in which a detection asks: by falling temporal IoU, then by rising instance,
    or by rising instance alone (``prefer`` of :func:`candidate_pairs`). Temporal IoUs that differ by rounding errors
    only are equal, see :data:`RELATIVE_TOLERANCE`.

    Attributes:
        detections: (P,) rows of the detections.
        instances: (P,) rows of the ground truth.
        tious: (P,) temporal IoU.
        num_detections: rows of the table of detections.
        num_instances: rows of the table of ground truth.
    """

    detections: NDArray[np.int64]
    instances: NDArray[np.int64]
    tious: NDArray[np.float64]
    num_detections: int
    num_instances: int

    def swapped(self) -> CandidatePairs:
        """Exchange the roles: instances ask for detections, those of highest temporal IoU first.

        Of detections with equal temporal IoU the lower row, which has the higher score, is asked first.
        """
        order = by_falling_tiou(self.instances, self.tious, self.detections)
        return CandidatePairs(
            self.instances[order], self.detections[order], self.tious[order], self.num_instances, self.num_detections
        )

    def at_least(self, tiou_threshold: float) -> CandidatePairs:
        """Keep the pairs whose temporal IoU reaches the threshold, see :func:`reaches`."""
        return self._those(reaches(self.tious, tiou_threshold))

    def above(self, tiou_threshold: float) -> CandidatePairs:
        """Keep the pairs whose temporal IoU exceeds the threshold, see :func:`exceeds`."""
        return self._those(exceeds(self.tious, tiou_threshold))

    def _those(self, kept: NDArray[np.bool_]) -> CandidatePairs:
        return CandidatePairs(
            self.detections[kept], self.instances[kept], self.tious[kept], self.num_detections, self.num_instances
        )


def candidate_pairs(
    ground_truths: SegmentTable,
    detections: SegmentTable,
    min_tiou: float,
    prefer: str = 'tiou',
    same_class: bool = False,
) -> CandidatePairs:
    """Find all pairs of one video with temporal IoU of at least ``min_tiou``, once for all thresholds.

    Args:
        ground_truths: instances.
        detections: detections.
        min_tiou: the lowest threshold that will be used.
        prefer: which instance a detection asks for first: ``'tiou'``, that of highest temporal IoU (of equal ones the
            lower row), or ``'row'``, that of the lowest row.
        same_class: whether only pairs of one class count. False: labels are not read.
    """
    found, known = detections.videos, ground_truths.videos
    if same_class:
        num_labels = 1 + max(detections.labels.max(initial=0), ground_truths.labels.max(initial=0))
        found, known = found * num_labels + detections.labels, known * num_labels + ground_truths.labels
    rows, instances = same_video_pairs(found, known)
    tious = paired_temporal_iou(detections.segments[rows], ground_truths.segments[instances])
    order = np.flatnonzero(reaches(tious, min_tiou))
    if prefer == 'tiou':
        order = order[by_falling_tiou(rows[order], tious[order], instances[order])]
    return CandidatePairs(rows[order], instances[order], tious[order], len(detections), len(ground_truths))


def match_greedily(pairs: CandidatePairs, tiou_threshold: float) -> NDArray[np.int64]:
    """Give each detection, in order of rows, the first free instance of its list that reaches the threshold.

    The result equals a loop over detections. Instead of a loop, all detections ask for their first instance at once,
    each instance keeps the lowest row that asks for it, and refused detections ask for their next instance (deferred
    acceptance in which all instances rank the detections alike). That takes a few passes over arrays.

    Args:
        pairs: candidates; rows of the detections in order of falling score.
        tiou_threshold: in (0, 1].

    Returns:
        (num_detections,) the instance found; -1: none.
    """
    pairs = pairs.at_least(tiou_threshold)
    found = np.full(pairs.num_detections, -1)
    new = np.ones(len(pairs.detections), dtype=bool)
    new[1:] = pairs.detections[1:] != pairs.detections[:-1]
    # Each detection with candidates asks for its first one; its last one comes before the first of the next.
    asking = np.flatnonzero(new)
    end = np.append(asking[1:], len(new))
    rows = pairs.detections[asking]
    while len(rows):
        wanted = pairs.instances[asking]
        keeper = np.full(pairs.num_instances, pairs.num_detections)
        np.minimum.at(keeper, wanted, rows)
        refused = keeper[wanted] != rows
        if not refused.any():
            found[rows] = wanted
            break
        asking = asking + refused
        left = asking < end
        asking, end, rows = asking[left], end[left], rows[left]
    return found
