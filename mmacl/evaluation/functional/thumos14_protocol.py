"""The scorer of the THUMOS 2014 challenge's toolkit."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mmacl.evaluation.functional.matching import candidate_pairs, match_greedily
from mmacl.evaluation.functional.overlap import overlaps_ambiguous
from mmacl.evaluation.functional.score_by_class import precision_at_hits, score_by_class
from mmacl.evaluation.functional.segment_table import SegmentTable


def thumos14_protocol(
    ground_truths: SegmentTable,
    detections: SegmentTable,
    tiou_thresholds: NDArray[np.float64],
    num_classes: int,
    ambiguous: SegmentTable | None = None,
) -> NDArray[np.float64]:
    """Average precision of each class at each threshold.

    1. Times are seconds, nothing is rounded.
    2. Within each video the *instances* of a class choose, in the order of their rows: each takes the free detection of
       that class with the highest temporal IoU, if that is strictly above the threshold (``>``). Of detections with
       equal temporal IoU it takes the one of higher score, then that of the lower row. Scores decide nothing else
       here: a surer detection that fits less well stays free.
    3. A detection that nobody took is a false positive, unless it overlaps an *Ambiguous* segment of its video: then it
       is left out. True positives are kept whatever they overlap.
    4. What is left is sorted by score over the whole subset, equal scores in the order of their rows. AP is the sum of
       the precision at each true positive over the number of instances: not interpolated.

    Args:
        ground_truths: instances of the whole subset, in seconds.
        detections: scored detections of the whole subset, in seconds.
        tiou_thresholds: (K,).
        num_classes: size of the label space.
        ambiguous: segments in seconds; their labels are not read. None: there are none.

    Returns:
        (num_thresholds, num_classes); 0 for a class without detections, NaN for one without ground truth.
    """

    def score(instances: SegmentTable, ranked: SegmentTable) -> NDArray[np.float64]:
        pairs = candidate_pairs(instances, ranked, tiou_thresholds.min()).swapped()
        hits = np.zeros((len(tiou_thresholds), len(ranked)), dtype=bool)
        for row, threshold in enumerate(tiou_thresholds):
            taken = match_greedily(pairs.above(threshold), threshold)
            hits[row, taken[taken >= 0]] = True
        counted = ~overlaps_ambiguous(ranked, ambiguous)
        return precision_at_hits(hits, len(instances), np.broadcast_to(counted, hits.shape))

    return score_by_class(ground_truths, detections, len(tiou_thresholds), num_classes, score)
