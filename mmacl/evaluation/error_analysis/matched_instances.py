"""Which instance each detection found, at each threshold."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mmacl.evaluation.functional import SegmentTable, candidate_pairs, match_greedily


def ranks_in_class(detections: SegmentTable) -> NDArray[np.int64]:
    """Place of each detection among those of its class, best first from 0, equal scores in the order of their rows."""
    assert detections.scores is not None
    order = np.lexsort((-detections.scores, detections.labels))
    labels = detections.labels[order]
    ranks = np.empty(len(order), dtype=np.int64)
    ranks[order] = np.arange(len(order)) - np.searchsorted(labels, labels, side='left')
    return ranks


def matched_instances(
    ground_truths: SegmentTable, detections: SegmentTable, tiou_thresholds: NDArray[np.float64]
) -> NDArray[np.int64]:
    """The instance that each detection found by the rule of :func:`activitynet_protocol`.

    Best score first, each detection takes the free instance of its video and class with the highest temporal IoU, if
    that reaches the threshold.

    Args:
        ground_truths: instances of the whole subset.
        detections: scored detections of the whole subset.
        tiou_thresholds: (K,).

    Returns:
        (K, N) rows of the ground truth; -1 for a false positive.
    """
    assert detections.scores is not None
    found = np.full((len(tiou_thresholds), len(detections)), -1, dtype=np.int64)
    for label in np.intersect1d(ground_truths.labels, detections.labels):
        instances = np.flatnonzero(ground_truths.labels == label)
        rows = np.flatnonzero(detections.labels == label)
        rows = rows[np.argsort(-detections.scores[rows], kind='stable')]
        pairs = candidate_pairs(ground_truths.take(instances), detections.take(rows), float(tiou_thresholds.min()))
        for k, threshold in enumerate(tiou_thresholds):
            local = match_greedily(pairs, threshold)
            found[k, rows] = np.where(local >= 0, instances[local], -1)
    return found
