"""The scorer of CO2-Net, which later weakly supervised systems share."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mmacl.evaluation.functional.activitynet_protocol import activitynet_protocol
from mmacl.evaluation.functional.overlap import overlaps_ambiguous
from mmacl.evaluation.functional.segment_table import SegmentTable
from mmacl.evaluation.functional.snippet_grid import in_snippets, rounded_to_snippets, truncated_to_snippets


def co2net_protocol(
    ground_truths: SegmentTable,
    detections: SegmentTable,
    tiou_thresholds: NDArray[np.float64],
    num_classes: int,
    ambiguous: SegmentTable | None = None,
) -> NDArray[np.float64]:
    """Average precision of each class at each threshold.

    1. Time is counted in snippets of 16/25 s. Starts and ends of the ground truth are rounded to whole snippets, halves
       to the even one. Detections are converted without rounding (times within 1e-6 of a whole snippet are that one).
    2. A detection of any class that shares a snippet with an *Ambiguous* segment is removed, right or wrong. For this
       comparison alone the ambiguous segment is rounded and the detection truncated to whole snippets.
    3. The rest is :func:`activitynet_protocol`: sorted by score over the whole subset, equal scores in the order of
       their rows; the best unmatched instance with temporal IoU of at least the threshold; AP under the envelope.

    An instance that rounding leaves without length cannot be found, and counts.

    Args:
        ground_truths: instances of the whole subset, in seconds.
        detections: scored detections of the whole subset, in seconds.
        tiou_thresholds: (K,).
        num_classes: size of the label space.
        ambiguous: segments in seconds; their labels are not read. None: there are none.

    Returns:
        (num_thresholds, num_classes); 0 for a class without detections, NaN for one without ground truth.
    """
    if ambiguous is not None:
        removed = overlaps_ambiguous(truncated_to_snippets(detections), rounded_to_snippets(ambiguous))
        detections = detections.take(np.flatnonzero(~removed))
    return activitynet_protocol(
        rounded_to_snippets(ground_truths), in_snippets(detections), tiou_thresholds, num_classes
    )
