"""What is wrong with a detection that found nothing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mmacl.evaluation.functional import SegmentTable, candidate_pairs
from mmacl.evaluation.functional.overlap import by_falling_tiou, reaches

ERROR_TYPES = ('true positive', 'double detection', 'wrong label', 'localization', 'confusion', 'background')
TRUE_POSITIVE, DOUBLE_DETECTION, WRONG_LABEL, LOCALIZATION, CONFUSION, BACKGROUND = range(6)


def error_types(
    ground_truths: SegmentTable,
    detections: SegmentTable,
    found: NDArray[np.int64],
    tiou_threshold: float,
    min_tiou: float = 0.1,
) -> NDArray[np.int64]:
    """The type of each detection at one threshold ``t``.

    A detection that found an instance is a true positive. Any other is compared with the instance of its video, of
    whatever class, with which its temporal IoU ``u`` is highest (of equals one of its own class, if there is one):

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
        min_tiou: below it a detection has nothing to do with any instance.

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
