"""What COCOeval reports beside AP at single thresholds: AP by length of instances, and average recall."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mmacl.evaluation.functional.coco_protocol import (
    ANY_LENGTH,
    MAX_DETECTIONS,
    coco_precision_and_recall,
    lengths_of,
)
from mmacl.evaluation.functional.segment_table import SegmentTable
from mmacl.utils import InputError

COCO_THRESHOLDS = tuple(round(0.5 + 0.05 * step, 2) for step in range(10))
"""0.5, 0.55, ..., 0.95."""
LENGTH_BOUNDS: dict[str, tuple[float, float]] = {'thumos14': (3.0, 6.0), 'activitynet': (30.0, 60.0)}
"""Seconds up to which an instance is short, and medium, for each data set.

They are the two lowest bounds of length in the published error analysis that ``diagnose_detections`` follows: short is
its XS, medium its S, and long the rest. The groups have 48.5, 25.5 and 26.0 % of the instances of the 210 THUMOS14 test
videos, and 52.6, 16.9 and 30.5 % of ActivityNet-1.2's validation set; of COCO's objects 41, 34 and 24 % are small,
medium and large.
"""
LENGTHS = ('short', 'medium', 'long')


@dataclass(frozen=True, eq=False)
class CocoScores:
    """What COCOeval reports, by class.

    Attributes:
        precisions: (K, C) AP at each threshold; NaN for a class without ground truth.
        by_length: (3, K, C) AP of short, medium and long instances; NaN for a class without such instances.
        recalls: (3, K, C) recall of the best 1, 10 and 100 detections of a class in a video.
        thresholds: (K,) tIoU.
        bounds: seconds up to which an instance is short, and medium.
        numbers: how many instances are short, medium and long.
    """

    precisions: NDArray[np.float64]
    by_length: NDArray[np.float64]
    recalls: NDArray[np.float64]
    thresholds: NDArray[np.float64]
    bounds: tuple[float, float]
    numbers: tuple[int, int, int]

    def summary(self) -> dict[str, float]:
        """Means over classes with ground truth, by COCO's names: ``AP``, ``AP50``, ``AP_short``, ``AR@100``, ...

        Means are over all thresholds but for ``AP50`` and ``AP75``. NaN where no class has such instances.
        """
        figures = {'AP': _mean(self.precisions)}
        for name, threshold in (('AP50', 0.5), ('AP75', 0.75)):
            rows = np.isclose(self.thresholds, threshold, rtol=0, atol=1e-9)
            figures[name] = _mean(self.precisions[rows])
        figures |= {f'AP_{name}': _mean(values) for name, values in zip(LENGTHS, self.by_length, strict=True)}
        figures |= {f'AR@{number}': _mean(values) for number, values in zip(MAX_DETECTIONS, self.recalls, strict=True)}
        return figures


def coco_scores(
    ground_truths: SegmentTable,
    detections: SegmentTable,
    num_classes: int,
    ambiguous: SegmentTable | None = None,
    tiou_thresholds: Sequence[float] = COCO_THRESHOLDS,
    length_bounds: Sequence[float] = LENGTH_BOUNDS['thumos14'],
) -> CocoScores:
    """AP, AP by length of instances, and average recall, as COCOeval reports them.

    As :func:`coco_protocol`. COCO's areas are lengths here: short instances last at most ``length_bounds[0]`` seconds,
    medium ones at most ``length_bounds[1]``, long ones longer. Lengths are rounded to a microsecond for this. For AP of
    one length, instances of the others are ignored as *Ambiguous* segments are, except that each can be taken once, and
    so are detections of the other lengths that take nothing.

    Args:
        ground_truths: instances of the whole subset.
        detections: scored detections of the whole subset.
        num_classes: size of the label space.
        ambiguous: segments in seconds; their labels are not read. None: there are none.
        tiou_thresholds: (K,).
        length_bounds: two lengths in seconds.

    Raises:
        InputError: the bounds are not two rising lengths.
    """
    short, medium = checked_length_bounds(length_bounds)
    ranges = [ANY_LENGTH, (-np.inf, short), (short, medium), (medium, np.inf)]
    thresholds = np.asarray(tiou_thresholds, dtype=np.float64)
    precisions, recalls = coco_precision_and_recall(
        ground_truths, detections, thresholds, num_classes, ambiguous, ranges
    )
    lengths = lengths_of(ground_truths)
    counts = [int(((lengths > low) & (lengths <= high)).sum()) for low, high in ranges[1:]]
    return CocoScores(
        precisions[0], precisions[1:], recalls, thresholds, (short, medium), (counts[0], counts[1], counts[2])
    )


def checked_length_bounds(bounds: Sequence[float]) -> tuple[float, float]:
    """The two bounds.

    Raises:
        InputError: they are not two rising lengths.
    """
    values = [float(bound) for bound in bounds]
    if len(values) != 2 or not 0 < values[0] < values[1] < np.inf:
        words = ', '.join(f'{value:g}' for value in values)
        raise InputError(
            f'length bounds ({words}) are not two rising numbers of seconds',
            remedy='write the greatest length of short and of medium instances, such as 3 6',
        )
    return values[0], values[1]


def _mean(values: NDArray[np.float64]) -> float:
    """Mean without NaN; NaN where nothing else is left."""
    counted = values[~np.isnan(values)]
    return float(counted.mean()) if len(counted) else float('nan')
