"""The scorer of COCO, on segments as boxes ``(start, 0, length, 1)``."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmacl.evaluation.functional.matching import CandidatePairs, match_greedily
from mmacl.evaluation.functional.overlap import by_falling_tiou
from mmacl.evaluation.functional.segment_table import SegmentTable

MAX_DETECTIONS = (1, 10, 100)
"""How many detections of a class in a video recall is reported for; precision is that of the largest number."""

ANY_LENGTH = (-np.inf, np.inf)
# 9.6 - 3.2 is 6.3999999999999995 in floating point, and an instance of 6.4 s.
_LENGTH_DECIMALS = 6


def coco_protocol(
    ground_truths: SegmentTable,
    detections: SegmentTable,
    tiou_thresholds: NDArray[np.float64],
    num_classes: int,
    ambiguous: SegmentTable | None = None,
) -> NDArray[np.float64]:
    """Average precision of each class at each threshold.

    1. Times are seconds, nothing is rounded. In each video the best 100 detections of a class count.
    2. In falling order of score each takes the free instance of its video with the highest temporal IoU, if that
       reaches the threshold (``>=``). Detections of equal score are in the order of videos, then of rows; of instances
       with equal temporal IoU the one of the *last* row is taken.
    3. An *Ambiguous* segment is a crowd of every class: a detection that takes no instance is left out if the part of
       its length inside the segment reaches the threshold. Many detections may lie in one segment.
    4. AP is the mean of the interpolated precision at 101 recalls, 0, 0.01, ..., 1.

    Equal to ``pycocotools.cocoeval.COCOeval``, but for temporal IoUs that differ from a threshold or from each other by
    rounding errors only, see :func:`reaches`. pycocotools computes IoU (``mask.iou``) and the interpolation
    (``COCOeval.accumulate``); :func:`match_greedily` replaces its matching, a slow loop in Python.

    Arguments, in seconds, and the result are those of ``average_precision``.
    """
    precisions, _ = coco_precision_and_recall(
        ground_truths, detections, tiou_thresholds, num_classes, ambiguous, [ANY_LENGTH]
    )
    return precisions[0]


def coco_precision_and_recall(
    ground_truths: SegmentTable,
    detections: SegmentTable,
    thresholds: NDArray[np.float64],
    num_classes: int,
    ambiguous: SegmentTable | None,
    ranges: Sequence[tuple[float, float]],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """AP for instances of some lengths, and recall for those of the first range of lengths.

    Args:
        ground_truths: as for ``average_precision``, and so are the next four.
        detections: scored.
        thresholds: (K,).
        num_classes: C.
        ambiguous: None: there are none.
        ranges: A ranges of lengths in seconds, without the lower end and with the upper one.

    Returns:
        AP (A, K, C), NaN for a class without such instances, and recall (M, K, C) of the best :data:`MAX_DETECTIONS`.
    """
    from pycocotools.cocoeval import COCOeval

    assert detections.scores is not None
    if ambiguous is None:
        ambiguous = ground_truths.take(slice(0))
    ranked = detections.take(np.lexsort((detections.videos, -detections.scores, detections.labels)))
    bounds = np.searchsorted(ranked.labels, np.arange(num_classes + 1))
    recalls = np.full((len(MAX_DETECTIONS), len(thresholds), num_classes), np.nan)
    # COCOeval keeps one entry for each (class, range, video). All videos are one entry here.
    entries: list[dict[str, Any] | None] = [None] * (num_classes * len(ranges))
    for label in np.unique(ground_truths.labels):
        own = ranked.take(slice(bounds[label], bounds[label + 1]))
        own = own.take(np.flatnonzero(_places(own.videos) < max(MAX_DETECTIONS)))
        instances = ground_truths.take(np.flatnonzero(ground_truths.labels == label))
        of_class = list(_matched(instances, ambiguous, own, thresholds, ranges))
        entries[label * len(ranges) : (label + 1) * len(ranges)] = of_class
        hits, places = of_class[0]['dtMatches'] & ~of_class[0]['dtIgnore'], of_class[0]['places']
        for row, number in enumerate(MAX_DETECTIONS):
            recalls[row, :, label] = hits[:, places < number].sum(axis=1) / len(instances)

    evaluator = COCOeval(iouType='bbox')
    evaluator.params.imgIds, evaluator.params.catIds = [0], list(range(num_classes))
    evaluator.params.iouThrs, evaluator.params.areaRng = thresholds, list(ranges)
    evaluator.params.maxDets = [max(len(detections), 1)]
    evaluator._paramsEval, evaluator.evalImgs = evaluator.params, entries
    with redirect_stdout(io.StringIO()):
        evaluator.accumulate()
    precision = evaluator.eval['precision'][..., 0].transpose(3, 0, 2, 1)  # (A, K, C, 101)
    return np.where(precision[..., 0] < 0, np.nan, precision.mean(axis=-1)), recalls


def _matched(
    instances: SegmentTable,
    crowd: SegmentTable,
    detections: SegmentTable,
    thresholds: NDArray[np.float64],
    ranges: Sequence[tuple[float, float]],
) -> Iterator[dict[str, Any]]:
    """What each detection of a class took, in COCOeval's form, for each range of lengths; ``places`` in their video.

    Args:
        instances: of the class.
        crowd: segments that any number of detections may take.
        detections: of the class, in falling order of score.
        thresholds: (K,).
        ranges: the lengths that count, without the lower end and with the upper one.
    """
    assert detections.scores is not None
    rows, columns, tious = _overlaps(instances, crowd, detections)
    number, pairs = len(instances), len(rows)
    # A crowd is never taken: each pair with it gets an instance of its own.
    columns = np.where(columns < number, columns, number + np.arange(pairs))
    lengths, own_lengths, places = lengths_of(instances), lengths_of(detections), _places(detections.videos)
    for low, high in ranges:
        ignored = np.concatenate([(lengths <= low) | (lengths > high), np.ones(pairs, dtype=bool)])
        # Those that count are asked first, of equal ones the last.
        order = by_falling_tiou(2 * rows + ignored[columns], tious, -columns)
        candidates = CandidatePairs(rows[order], columns[order], tious[order], len(detections), number + pairs)
        found = np.stack([match_greedily(candidates, threshold) for threshold in thresholds])
        outside = (own_lengths <= low) | (own_lengths > high)
        left_out = np.where(found >= 0, ignored[found], outside)
        # What is left out at every threshold changes nothing, and COCOeval's loops get shorter.
        counted = ~left_out.all(axis=0)
        yield {
            'dtScores': detections.scores[counted],
            'dtMatches': found[:, counted] >= 0,
            'dtIgnore': left_out[:, counted],
            'gtIgnore': ignored[:number],
            'places': places[counted],
        }


def _overlaps(
    instances: SegmentTable, crowd: SegmentTable, detections: SegmentTable
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Pairs that overlap: rows of detections, rows of instances (those of the crowd after them), and their IoU."""
    from pycocotools import mask

    videos = np.concatenate([instances.videos, crowd.videos])
    boxes = np.concatenate([_boxes(instances), _boxes(crowd)])
    iscrowd = np.arange(len(videos)) >= len(instances)
    own_boxes = _boxes(detections)
    rows, columns, tious = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], [np.zeros(0)]
    common = np.intersect1d(videos, detections.videos)
    both = zip(_rows_of(common, detections.videos), _rows_of(common, videos), strict=True)
    for found, known in both:
        overlaps = mask.iou(own_boxes[found], boxes[known], iscrowd[known])
        detection, instance = np.nonzero(overlaps)
        rows.append(found[detection])
        columns.append(known[instance])
        tious.append(overlaps[detection, instance])
    return np.concatenate(rows), np.concatenate(columns), np.concatenate(tious)


def _boxes(table: SegmentTable) -> NDArray[np.float64]:
    """Boxes ``(start, 0, length, 1)``."""
    starts, ends = table.segments.T
    return np.stack([starts, np.zeros(len(table)), ends - starts, np.ones(len(table))], axis=1)


def lengths_of(table: SegmentTable) -> NDArray[np.float64]:
    """Lengths in seconds, (N,), rounded to a microsecond."""
    return np.round(table.segments[:, 1] - table.segments[:, 0], _LENGTH_DECIMALS)


def _rows_of(chosen: NDArray[np.int64], videos: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    """Rising rows of each chosen video."""
    order = np.argsort(videos, kind='stable')
    ordered = videos[order]
    ends = np.searchsorted(ordered, chosen, side='right')
    for first, end in zip(np.searchsorted(ordered, chosen, side='left').tolist(), ends.tolist(), strict=True):
        yield order[first:end]


def _places(videos: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many earlier rows are of the same video."""
    order = np.argsort(videos, kind='stable')
    ordered = videos[order]
    places = np.empty(len(videos), dtype=np.int64)
    places[order] = np.arange(len(videos)) - np.searchsorted(ordered, ordered, side='left')
    return places
