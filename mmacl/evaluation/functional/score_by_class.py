"""What the protocols have in common: classes one by one, detections by falling score."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from mmacl.evaluation.functional.segment_table import SegmentTable


def score_by_class(
    ground_truths: SegmentTable,
    detections: SegmentTable,
    num_thresholds: int,
    num_classes: int,
    score: Callable[[SegmentTable, SegmentTable], NDArray[np.float64]],
) -> NDArray[np.float64]:
    """Score each class that has ground truth.

    Args:
        ground_truths: instances of all classes.
        detections: scored detections of all classes.
        num_thresholds: K, how many thresholds ``score`` answers for.
        num_classes: size of the label space.
        score: (instances, detections) of one class -> (K,) average precision. It gets the detections over the whole
            subset by falling score; those of equal score stay in the order of their rows.

    Returns:
        (K, num_classes); NaN for a class without ground truth.
    """
    assert detections.scores is not None
    result = np.full((num_thresholds, num_classes), np.nan)
    ranked = detections.take(np.lexsort((-detections.scores, detections.labels)))
    bounds = np.searchsorted(ranked.labels, np.arange(num_classes + 1))
    for label in np.unique(ground_truths.labels):
        instances = ground_truths.take(np.flatnonzero(ground_truths.labels == label))
        result[:, label] = score(instances, ranked.take(slice(bounds[label], bounds[label + 1])))
    return result


def precision_at_hits(
    hits: NDArray[np.bool_], num_instances: int, counted: NDArray[np.bool_] | None = None
) -> NDArray[np.float64]:
    """Sum of the precision at each hit over the number of instances: AP without envelope or interpolation.

    Args:
        hits: (..., M), whether each detection, best first, found an instance.
        num_instances: number of instances that there are to find, at least 1.
        counted: (..., M), False for a detection that is neither right nor wrong; a hit always counts. None: all count.

    Returns:
        (...,) in [0, 1]; 0 for M = 0.
    """
    number = np.cumsum(np.ones_like(hits) if counted is None else counted | hits, axis=-1)
    precision = np.cumsum(hits, axis=-1) / np.maximum(number, 1)
    return np.sum(precision * hits, axis=-1) / num_instances
