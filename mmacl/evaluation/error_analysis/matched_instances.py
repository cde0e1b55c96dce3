"""Match each detection to an instance, and classify the others by type of error."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mmacl.evaluation.functional.matching import candidate_pairs, match_greedily
from mmacl.evaluation.functional.overlap import by_falling_tiou, reaches
from mmacl.evaluation.functional.segment_table import SegmentTable

ERROR_TYPES = ('true positive', 'double detection', 'wrong label', 'localization', 'confusion', 'background')
TRUE_POSITIVE, DOUBLE_DETECTION, WRONG_LABEL, LOCALIZATION, CONFUSION, BACKGROUND = range(6)


def ranks_in_class(detections: SegmentTable) -> NDArray[np.int64]:
    """Rank each detection within its class, best first from 0; equal scores stay in the order of their rows."""
    assert detections.scores is not None
    order = np.lexsort((-detections.scores, detections.labels))
    labels = detections.labels[order]
    ranks = np.empty(len(order), dtype=np.int64)
    ranks[order] = np.arange(len(order)) - np.searchsorted(labels, labels, side='left')
    return ranks


def matched_instances(
    ground_truths: SegmentTable, detections: SegmentTable, tiou_thresholds: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Find the instance of each detection by the rule of :func:`activitynet_protocol`.

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
    order = np.argsort(-detections.scores, kind='stable')
    pairs = candidate_pairs(ground_truths, detections.take(order), float(tiou_thresholds.min()), same_class=True)
    found = np.empty((len(tiou_thresholds), len(detections)), dtype=np.int64)
    for k, threshold in enumerate(tiou_thresholds):
        found[k, order] = match_greedily(pairs, threshold)
    return found


def error_types(
    ground_truths: SegmentTable,
    detections: SegmentTable,
    found: NDArray[np.int64],
    tiou_threshold: float,
    min_tiou: float = 0.1,
) -> NDArray[np.int64]:
    """Classify each detection at one threshold ``t``.

    A detection that found an instance is a true positive. Any other is compared with the instance of its video, of any
    class, with the highest temporal IoU ``u`` (of equal ones, one of its own class if there is one):

    ============================  ================  =================
    temporal IoU                  its own class     another class
    ============================  ================  =================
    ``u >= t``                    double detection  wrong label
    ``min_tiou <= u < t``         localization      confusion
    ``u < min_tiou`` or none      background        background
    ============================  ================  =================

    Args:
        ground_truths: instances of the whole subset.
        detections: (N rows).
        found: (N,) row of the instance that each detection found, -1 for none.
        tiou_threshold: ``t``.
        min_tiou: a detection with a lower temporal IoU with every instance is background.

    Returns:
        (N,) indices into ``ERROR_TYPES``.
    """
    pairs = candidate_pairs(ground_truths, detections, np.nextafter(0.0, 1.0), prefer='row')
    foreign = ground_truths.labels[pairs.instances] != detections.labels[pairs.detections]
    order = by_falling_tiou(pairs.detections, pairs.tious, foreign.astype(np.int64))
    rows, first = np.unique(pairs.detections[order], return_index=True)
    best_tiou, best_foreign = np.zeros(len(detections)), np.zeros(len(detections), dtype=bool)
    best_tiou[rows], best_foreign[rows] = pairs.tious[order[first]], foreign[order[first]]
    return np.select(
        [found >= 0, reaches(best_tiou, tiou_threshold), ~reaches(best_tiou, min_tiou) | (best_tiou == 0)],
        [TRUE_POSITIVE, np.where(best_foreign, WRONG_LABEL, DOUBLE_DETECTION), BACKGROUND],
        np.where(best_foreign, CONFUSION, LOCALIZATION),
    )
