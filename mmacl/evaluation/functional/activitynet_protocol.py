"""The scorer of the ActivityNet challenge."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mmacl.evaluation.functional.matching import candidate_pairs, match_greedily
from mmacl.evaluation.functional.score_by_class import score_by_class
from mmacl.evaluation.functional.segment_table import SegmentTable


def activitynet_protocol(
    ground_truths: SegmentTable,
    detections: SegmentTable,
    tiou_thresholds: NDArray[np.float64],
    num_classes: int,
    ambiguous: SegmentTable | None = None,
) -> NDArray[np.float64]:
    """Average precision of each class at each threshold.

    The detections of a class are sorted by score over the whole subset. Each takes the unmatched instance of its video
    with the highest temporal IoU, if that reaches the threshold (``>=``); else it is a false positive. Detections of
    equal score stay in the order of their rows; of instances with equal temporal IoU the one of the lower row is
    taken. All instances count, whether or not their video has a detection. AP is the area under the monotone envelope
    of precision over recall. Times are seconds, nothing is rounded.

    Args:
        ground_truths: instances of the whole subset.
        detections: scored detections of the whole subset.
        tiou_thresholds: (K,).
        num_classes: size of the label space.
        ambiguous: not used; this protocol knows no ambiguous segments.

    Returns:
        (num_thresholds, num_classes); 0 for a class without detections, NaN for one without ground truth.
    """

    def score(instances: SegmentTable, ranked: SegmentTable) -> NDArray[np.float64]:
        pairs = candidate_pairs(instances, ranked, tiou_thresholds.min())
        hits = np.stack([match_greedily(pairs, threshold) >= 0 for threshold in tiou_thresholds])
        return area_under_envelope(hits, len(instances))

    return score_by_class(ground_truths, detections, len(tiou_thresholds), num_classes, score)


def area_under_envelope(hits: NDArray[np.bool_], num_instances: int) -> NDArray[np.float64]:
    """Area under the monotone precision-recall curve: precision at a recall is the best at that or any higher recall.

    Args:
        hits: (..., M), whether each detection, best first, found an instance.
        num_instances: number of instances that there are to find, at least 1.

    Returns:
        (...,) in [0, 1]; 0 for M = 0.
    """
    precision = np.cumsum(hits, axis=-1) / np.arange(1, hits.shape[-1] + 1)
    envelope = np.maximum.accumulate(precision[..., ::-1], axis=-1)[..., ::-1]
    # Recall rises by 1 / num_instances at each hit and nowhere else.
    return np.sum(envelope * hits, axis=-1) / num_instances
