"""How well instances of each kind are found."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mmacl.evaluation.error_analysis.characteristics import Characteristic
from mmacl.evaluation.error_analysis.false_positives import normalized_average_precision, normalized_precision
from mmacl.evaluation.error_analysis.matched_instances import matched_instances, ranks_in_class
from mmacl.evaluation.functional import SegmentTable
from mmacl.evaluation.functional.overlap import exceeds


@dataclass(frozen=True, eq=False)
class SensitivityProfile:
    """Figures of the bins of each characteristic, K thresholds; NaN for a bin without instances.

    Attributes:
        normalized_map: (K,) of all instances.
        missed: (K,) share of all instances that are missed.
        maps_by_bin: characteristic -> (K, bins) normalised mAP of the instances in the bin.
        missed_by_bin: characteristic -> (K, bins) share of them that are missed.
        num_instances: characteristic -> (bins,).
    """

    normalized_map: NDArray[np.float64]
    missed: NDArray[np.float64]
    maps_by_bin: dict[str, NDArray[np.float64]]
    missed_by_bin: dict[str, NDArray[np.float64]]
    num_instances: dict[str, NDArray[np.int64]]


def sensitivity_profile(
    ground_truths: SegmentTable,
    detections: SegmentTable,
    tiou_thresholds: NDArray[np.float64],
    kinds: tuple[Characteristic, ...],
    min_precision: float = 0.05,
) -> SensitivityProfile:
    """Compute normalised mAP and missed instances by characteristic.

    Normalised mAP of a bin is the mean over the classes that have instances in the bin. For each class, detections that
    found an instance of the bin and false positives are scored by :func:`normalized_average_precision`; detections that
    found other instances are left out. ``norm`` is the mean number of instances per class in the whole subset.

    An instance is missed if no detection found it, or if the detection that found it has a rank at which the normalised
    precision of its class is ``min_precision`` or less.

    Args:
        ground_truths: instances of the whole subset, at least one.
        detections: scored detections of the whole subset.
        tiou_thresholds: (K,).
        kinds: properties of the instances.
        min_precision: see above.
    """
    detections = detections.take(np.lexsort((ranks_in_class(detections), detections.labels)))
    found = matched_instances(ground_truths, detections, tiou_thresholds)
    classes, counts = np.unique(ground_truths.labels, return_counts=True)
    bounds = np.searchsorted(detections.labels, [classes, classes + 1])
    by_class = [found[:, first:last] for first, last in bounds.T]
    norm = len(ground_truths) / len(classes)

    missed = np.ones((len(tiou_thresholds), len(ground_truths)), dtype=bool)
    for rows, number in zip(by_class, counts, strict=True):
        useful = (rows >= 0) & exceeds(normalized_precision(rows >= 0, int(number), norm), min_precision)
        for k, row in enumerate(rows):
            missed[k, row[useful[k]]] = False

    def normalized_map(inside: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Compute the normalised mAP of some instances, (K,)."""
        numbers = np.bincount(ground_truths.labels[inside], minlength=classes.max() + 1)[classes]
        scores = [
            [_average_precision(row, inside, int(number), norm) for row in rows]
            for rows, number in zip(by_class, numbers, strict=True)
            if number
        ]
        return np.mean(scores, axis=0) if scores else np.full(len(tiou_thresholds), np.nan)

    members = {kind.name: [kind.members == b for b in range(len(kind.bins))] for kind in kinds}
    return SensitivityProfile(
        normalized_map=normalized_map(np.ones(len(ground_truths), dtype=bool)),
        missed=missed.mean(axis=1),
        maps_by_bin={name: np.stack([normalized_map(b) for b in bins], axis=1) for name, bins in members.items()},
        missed_by_bin={name: np.stack([_part(missed, b) for b in bins], axis=1) for name, bins in members.items()},
        num_instances={name: np.array([int(b.sum()) for b in bins]) for name, bins in members.items()},
    )


def _average_precision(found: NDArray[np.int64], inside: NDArray[np.bool_], number: int, norm: float) -> float:
    """Score the ranked detections of one class without those that found an instance outside the bin."""
    hits = found >= 0
    counted = ~hits | inside[found]
    return float(normalized_average_precision(hits[counted], number, norm))


def _part(missed: NDArray[np.bool_], inside: NDArray[np.bool_]) -> NDArray[np.float64]:
    return np.asarray(missed[:, inside].mean(axis=1)) if inside.any() else np.full(len(missed), np.nan)
