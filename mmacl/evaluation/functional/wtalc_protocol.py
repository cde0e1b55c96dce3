"""The scorer of W-TALC."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mmacl.evaluation.functional.matching import candidate_pairs, match_greedily
from mmacl.evaluation.functional.overlap import overlaps_ambiguous
from mmacl.evaluation.functional.score_by_class import precision_at_hits, score_by_class
from mmacl.evaluation.functional.segment_table import SegmentTable
from mmacl.evaluation.functional.snippet_grid import rounded_to_snippets, truncated_to_snippets


def wtalc_protocol(
    ground_truths: SegmentTable,
    detections: SegmentTable,
    tiou_thresholds: NDArray[np.float64],
    num_classes: int,
    ambiguous: SegmentTable | None = None,
) -> NDArray[np.float64]:
    """Average precision of each class at each threshold.

    1. Time is counted in whole snippets of 16/25 s: a segment is the set of snippets from its start to before its end.
       Starts and ends of the ground truth are rounded, halves to the even snippet; those of detections are truncated
       towards zero (after times within 1e-6 of a whole snippet became that one). Temporal IoU is that of the two sets;
       0 where both are empty.
    2. A detection of any class that shares a snippet with an *Ambiguous* segment (rounded likewise) is removed, right
       or wrong.
    3. The detections of a class are sorted by score over the whole subset, equal scores in the order of their rows.
       Each takes the *first* unmatched instance of its video, in the order of the rows of the ground truth, whose
       temporal IoU reaches the threshold (``>=``), even where a later one fits better; else it is a false positive.
    4. AP is the sum of the precision at each true positive over the number of instances: no envelope.

    One difference from the original is deliberate: that returns 0 for the whole mean as soon as one class has no
    detection. Here such a class has AP 0, and the mean is over all classes with ground truth.

    Args:
        ground_truths: instances of the whole subset, in seconds.
        detections: scored detections of the whole subset, in seconds.
        tiou_thresholds: (K,).
        num_classes: size of the label space.
        ambiguous: segments in seconds; their labels are not read. None: there are none.

    Returns:
        (num_thresholds, num_classes); 0 for a class without detections, NaN for one without ground truth.
    """
    detections = truncated_to_snippets(detections)
    if ambiguous is not None:
        removed = overlaps_ambiguous(detections, rounded_to_snippets(ambiguous))
        detections = detections.take(np.flatnonzero(~removed))

    def score(instances: SegmentTable, ranked: SegmentTable) -> NDArray[np.float64]:
        pairs = candidate_pairs(instances, ranked, tiou_thresholds.min(), prefer='row')
        hits = np.stack([match_greedily(pairs, threshold) >= 0 for threshold in tiou_thresholds])
        return precision_at_hits(hits, len(instances))

    return score_by_class(rounded_to_snippets(ground_truths), detections, len(tiou_thresholds), num_classes, score)
