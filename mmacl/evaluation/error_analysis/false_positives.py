"""The profile of false positives: number and cost of each type."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mmacl.evaluation.error_analysis.matched_instances import (
    ERROR_TYPES,
    error_types,
    matched_instances,
    ranks_in_class,
)
from mmacl.evaluation.functional.segment_table import SegmentTable


def normalized_precision(hits: NDArray[np.bool_], num_instances: int, norm: float) -> NDArray[np.float64]:
    """Compute the precision at each rank as if there were ``norm`` instances: ``R * norm / (R * norm + FP)``.

    ``R`` is the recall and ``FP`` the number of false positives so far. With ``norm = num_instances`` this is the
    usual precision. It makes rare and frequent classes comparable.

    Args:
        hits: (..., M), whether each detection, best first, found an instance.
        num_instances: number of instances that there are to find, at least 1.
        norm: ``N`` of the paper, the average number of instances per class.
    """
    right = np.cumsum(hits, axis=-1) / num_instances * norm
    wrong = np.cumsum(~hits, axis=-1)
    return np.asarray(right / (right + wrong)) if hits.shape[-1] else np.zeros(hits.shape)


def normalized_average_precision(hits: NDArray[np.bool_], num_instances: int, norm: float) -> NDArray[np.float64]:
    """Compute the area under the monotone envelope of :func:`normalized_precision` over recall, (...,).

    Args:
        hits: (..., M), whether each detection, best first, found an instance.
        num_instances: number of instances that there are to find, at least 1.
        norm: the average number of instances per class.
    """
    precision = normalized_precision(hits, num_instances, norm)
    envelope = np.maximum.accumulate(precision[..., ::-1], axis=-1)[..., ::-1]
    return np.asarray(np.sum(envelope * hits, axis=-1) / num_instances)


@dataclass(frozen=True, eq=False)
class FalsePositiveProfile:
    """Types of the best detections, K thresholds.

    Attributes:
        counts: (K, num_groups, 6) detections of each type among those ranked in each slice of G, where G is the number
            of instances of the class: the first slice holds the best G of each class, the second the next G, ...
        normalized_map: (K,) of all slices together.
        gains: (K, 5) increase of it without the detections of one type of error.
    """

    counts: NDArray[np.int64]
    normalized_map: NDArray[np.float64]
    gains: NDArray[np.float64]

    @property
    def shares(self) -> NDArray[np.float64]:
        """Share of each type in each slice, (num_groups, 6), mean over thresholds; 0 for an empty slice."""
        total = self.counts.sum(axis=-1, keepdims=True)
        return np.asarray((self.counts / np.maximum(total, 1)).mean(axis=0))


def false_positive_profile(
    ground_truths: SegmentTable,
    detections: SegmentTable,
    tiou_thresholds: NDArray[np.float64],
    num_groups: int = 10,
    min_tiou: float = 0.1,
) -> FalsePositiveProfile:
    """Analyse the top ``num_groups * G`` detections of each class with G > 0 instances; ignore all others.

    Normalised mAP is the mean of :func:`normalized_average_precision` over these classes. ``norm`` is the mean number
    of instances per class.

    Args:
        ground_truths: instances of the whole subset, at least one.
        detections: scored detections of the whole subset.
        tiou_thresholds: (K,).
        num_groups: slices.
        min_tiou: see :func:`error_types`.
    """
    classes, num_instances = np.unique(ground_truths.labels, return_counts=True)
    of_class = np.zeros(max(classes.max(), detections.labels.max(initial=0)) + 1, dtype=np.int64)
    of_class[classes] = num_instances
    ranks = ranks_in_class(detections)
    kept = np.flatnonzero(ranks < num_groups * of_class[detections.labels])
    kept = kept[np.lexsort((ranks[kept], detections.labels[kept]))]
    best, ranks = detections.take(kept), ranks[kept]
    groups = ranks // of_class[best.labels] if len(kept) else ranks

    found = matched_instances(ground_truths, best, tiou_thresholds)
    types = np.stack(
        [error_types(ground_truths, best, found[k], float(t), min_tiou) for k, t in enumerate(tiou_thresholds)]
    )
    counts = np.zeros((len(tiou_thresholds), num_groups, len(ERROR_TYPES)), dtype=np.int64)
    for k in range(len(tiou_thresholds)):
        np.add.at(counts[k], (groups, types[k]), 1)

    bounds = np.searchsorted(best.labels, [classes, classes + 1])
    norm = len(ground_truths) / len(classes)

    def normalized_map(types_of_threshold: NDArray[np.int64], without: int) -> float:
        values = []
        for first, last, number in zip(*bounds, num_instances, strict=True):
            kinds = types_of_threshold[first:last]
            values.append(normalized_average_precision((kinds == 0)[kinds != without], int(number), norm))
        return float(np.mean(values))

    base = np.array([normalized_map(row, -1) for row in types])
    without = np.array([[normalized_map(row, error) for error in range(1, len(ERROR_TYPES))] for row in types])
    return FalsePositiveProfile(counts, base, without - base[:, None])
