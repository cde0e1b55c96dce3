"""The scorers of the ActivityNet challenge and of the THUMOS 2014 challenge's toolkit, which compare seconds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mmacl.evaluation.functional.matching import candidate_pairs, match_greedily
from mmacl.evaluation.functional.overlap import overlaps_ambiguous
from mmacl.evaluation.functional.precision_recall import (
    area_under_envelope,
    precision_at_hits,
    precision_by_class,
    ranked_by_class,
)
from mmacl.evaluation.functional.segment_table import SegmentTable


def activitynet_protocol(
    ground_truths: SegmentTable,
    detections: SegmentTable,
    tiou_thresholds: NDArray[np.float64],
    num_classes: int,
    ambiguous: SegmentTable | None = None,
) -> NDArray[np.float64]:
    """Compute the average precision of each class at each threshold.

    The detections of a class are sorted by score over the whole subset. Each takes the unmatched instance of its video
    with the highest temporal IoU, if that reaches the threshold (``>=``); else it is a false positive. Detections of
    equal score stay in the order of their rows; of instances with equal temporal IoU the one of the lower row is
    taken. All instances count, whether or not their video has a detection. AP is the area under the monotone envelope
    of precision over recall. Times are seconds, nothing is rounded. Ambiguous segments are not read.

    Arguments, in seconds, and the result are those of ``average_precision``.
    """
    ranked = ranked_by_class(ground_truths, detections)
    pairs = candidate_pairs(ground_truths, ranked, tiou_thresholds.min(), same_class=True)
    hits = np.stack([match_greedily(pairs, threshold) >= 0 for threshold in tiou_thresholds])
    return precision_by_class(ground_truths, ranked, hits, num_classes, area_under_envelope)


def thumos14_protocol(
    ground_truths: SegmentTable,
    detections: SegmentTable,
    tiou_thresholds: NDArray[np.float64],
    num_classes: int,
    ambiguous: SegmentTable | None = None,
) -> NDArray[np.float64]:
    """Compute the average precision of each class at each threshold.

    1. Times are seconds, nothing is rounded.
    2. Within each video the *instances* of a class choose, in the order of their rows: each takes the free detection of
       that class with the highest temporal IoU, if that is strictly above the threshold (``>``). Of detections with
       equal temporal IoU it takes the one of higher score, then that of the lower row. Scores decide nothing else
       here: a detection of higher score and lower temporal IoU stays free.
    3. A detection that was not taken is a false positive, unless it overlaps an *Ambiguous* segment of its video: then
       it is left out. True positives are kept in any case.
    4. What is left is sorted by score over the whole subset, equal scores in the order of their rows. AP is the sum of
       the precision at each true positive over the number of instances: not interpolated.

    Arguments, in seconds, and the result are those of ``average_precision``.
    """
    ranked = ranked_by_class(ground_truths, detections)
    pairs = candidate_pairs(ground_truths, ranked, tiou_thresholds.min(), same_class=True).swapped()
    hits = np.zeros((len(tiou_thresholds), len(ranked)), dtype=bool)
    for row, threshold in enumerate(tiou_thresholds):
        taken = match_greedily(pairs.above(threshold), threshold)
        hits[row, taken[taken >= 0]] = True
    counted = ~overlaps_ambiguous(ranked, ambiguous)
    return precision_by_class(ground_truths, ranked, hits, num_classes, precision_at_hits, counted)
