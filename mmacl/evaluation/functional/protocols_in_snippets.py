"""The scorers of CO2-Net and W-TALC, which compare snippets of 16 frames at 25 frames a second."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from mmacl.evaluation.functional.matching import candidate_pairs, match_greedily
from mmacl.evaluation.functional.overlap import overlaps_ambiguous
from mmacl.evaluation.functional.precision_recall import precision_at_hits, precision_by_class, ranked_by_class
from mmacl.evaluation.functional.protocols_in_seconds import activitynet_protocol
from mmacl.evaluation.functional.segment_table import SegmentTable

# Most systems compute the times of detections from snippets; a rounding error must not move a time by a snippet.
_SNAP = 1e-6


def in_snippets(table: SegmentTable) -> SegmentTable:
    """Convert to ``seconds * 25 / 16`` and keep fractions; within 1e-6 of a whole number the time is that number."""
    snippets = table.segments * 25 / 16
    whole = np.rint(snippets)
    return replace(table, segments=np.where(np.abs(snippets - whole) <= _SNAP, whole, snippets))


def rounded_to_snippets(table: SegmentTable) -> SegmentTable:
    """Convert to ``seconds * 25 / 16``, rounded to the nearest whole number, halves to the even one.

    Times within 1e-6 of a half are that half: 9.92 s are 15.5 snippets and become 16, in spite of rounding errors.
    """
    halves = table.segments * 25 / 8
    whole = np.rint(halves)
    return replace(table, segments=np.rint(np.where(np.abs(halves - whole) <= 2 * _SNAP, whole, halves) / 2))


def truncated_to_snippets(table: SegmentTable) -> SegmentTable:
    """Convert as :func:`in_snippets` and drop the fraction (towards zero)."""
    return replace(table, segments=np.trunc(in_snippets(table).segments))


def co2net_protocol(
    ground_truths: SegmentTable,
    detections: SegmentTable,
    tiou_thresholds: NDArray[np.float64],
    num_classes: int,
    ambiguous: SegmentTable | None = None,
) -> NDArray[np.float64]:
    """Compute the average precision of each class at each threshold. Later weakly supervised systems share this scorer.

    1. Time is counted in snippets of 16/25 s. Starts and ends of the ground truth are rounded to whole snippets, halves
       to the even one. Detections are converted without rounding (times within 1e-6 of a whole snippet are that one).
    2. A detection of any class that shares a snippet with an *Ambiguous* segment is removed, right or wrong. For this
       comparison alone the ambiguous segment is rounded and the detection truncated to whole snippets.
    3. The rest is :func:`activitynet_protocol`: sorted by score over the whole subset, equal scores in the order of
       their rows; the best unmatched instance with temporal IoU of at least the threshold; AP under the envelope.

    An instance that rounding leaves without length cannot be found, and counts.

    Arguments, in seconds, and the result are those of ``average_precision``.
    """
    detections = in_snippets(_not_ambiguous(detections, ambiguous))
    return activitynet_protocol(rounded_to_snippets(ground_truths), detections, tiou_thresholds, num_classes)


def wtalc_protocol(
    ground_truths: SegmentTable,
    detections: SegmentTable,
    tiou_thresholds: NDArray[np.float64],
    num_classes: int,
    ambiguous: SegmentTable | None = None,
) -> NDArray[np.float64]:
    """Compute the average precision of each class at each threshold.

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

    Arguments, in seconds, and the result are those of ``average_precision``.
    """
    ground_truths = rounded_to_snippets(ground_truths)
    detections = truncated_to_snippets(_not_ambiguous(detections, ambiguous))
    ranked = ranked_by_class(ground_truths, detections)
    pairs = candidate_pairs(ground_truths, ranked, tiou_thresholds.min(), prefer='row', same_class=True)
    hits = np.stack([match_greedily(pairs, threshold) >= 0 for threshold in tiou_thresholds])
    return precision_by_class(ground_truths, ranked, hits, num_classes, precision_at_hits)


def _not_ambiguous(detections: SegmentTable, ambiguous: SegmentTable | None) -> SegmentTable:
    """Keep the detections that share no snippet with an *Ambiguous* segment."""
    if ambiguous is None:
        return detections
    removed = overlaps_ambiguous(truncated_to_snippets(detections), rounded_to_snippets(ambiguous))
    return detections.take(np.flatnonzero(~removed))
