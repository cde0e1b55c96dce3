"""From the hits of ranked detections to the AP of each class; shared by the protocols."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from mmacl.evaluation.functional.segment_table import SegmentTable


def ranked_by_class(ground_truths: SegmentTable, detections: SegmentTable) -> SegmentTable:
    """Order the detections of the classes that have ground truth by class, then by falling score.

    Detections of equal score stay in the order of their rows.
    """
    assert detections.scores is not None
    rows = np.flatnonzero(np.isin(detections.labels, ground_truths.labels))
    return detections.take(rows[np.lexsort((-detections.scores[rows], detections.labels[rows]))])


def precision_by_class(
    ground_truths: SegmentTable,
    ranked: SegmentTable,
    hits: NDArray[np.bool_],
    num_classes: int,
    area: Callable[..., NDArray[np.float64]],
    counted: NDArray[np.bool_] | None = None,
) -> NDArray[np.float64]:
    """Compute the AP of each class.

    Args:
        ground_truths: instances of all classes.
        ranked: N detections as :func:`ranked_by_class` orders them.
        hits: (K, N), whether each found an instance, for each threshold.
        num_classes: size of the label space.
        area: (hits (K, M), number of instances) of one class -> (K,) AP, such as :func:`area_under_envelope`. With
            ``counted`` it gets that as a third argument.
        counted: (N,), False for a detection that is neither right nor wrong. None: all count.

    Returns:
        (K, num_classes); 0 for a class without detections, NaN for one without ground truth.
    """
    result = np.full((len(hits), num_classes), np.nan)
    labels, numbers = np.unique(ground_truths.labels, return_counts=True)
    bounds = np.searchsorted(ranked.labels, [labels, labels + 1]).T.tolist()
    for label, number, (first, last) in zip(labels.tolist(), numbers.tolist(), bounds, strict=True):
        own = hits[:, first:last]
        more = () if counted is None else (np.broadcast_to(counted[first:last], own.shape),)
        result[:, label] = area(own, number, *more)
    return result


def area_under_envelope(hits: NDArray[np.bool_], num_instances: int) -> NDArray[np.float64]:
    """Compute the area under the monotone envelope of precision over recall.

    The envelope at a recall is the highest precision at that or any higher recall.

    Args:
        hits: (..., M), whether each detection, best first, found an instance.
        num_instances: number of instances that there are to find, at least 1.

    Returns:
        (...,) in [0, 1]; 0 for M = 0.
    """
    precision = np.cumsum(hits, axis=-1) / np.arange(1, hits.shape[-1] + 1)
    envelope = np.maximum.accumulate(precision[..., ::-1], axis=-1)[..., ::-1]
    # Recall rises by 1 / num_instances at each hit and nowhere else.
    return np.asarray(np.sum(envelope * hits, axis=-1) / num_instances)


def precision_at_hits(
    hits: NDArray[np.bool_], num_instances: int, counted: NDArray[np.bool_] | None = None
) -> NDArray[np.float64]:
    """Compute AP without envelope: the sum of the precision at each hit over the number of instances.

    Args:
        hits: (..., M), whether each detection, best first, found an instance.
        num_instances: number of instances that there are to find, at least 1.
        counted: (..., M), False for a detection that is neither right nor wrong; a hit always counts. None: all count.

    Returns:
        (...,) in [0, 1]; 0 for M = 0.
    """
    number = np.cumsum(np.ones_like(hits) if counted is None else counted | hits, axis=-1)
    precision = np.cumsum(hits, axis=-1) / np.maximum(number, 1)
    return np.asarray(np.sum(precision * hits, axis=-1) / num_instances)
