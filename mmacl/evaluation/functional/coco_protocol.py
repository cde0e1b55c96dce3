"""The scorer of COCO, on segments as boxes ``(start, 0, length, 1)``."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmacl.evaluation.functional.matching import CandidatePairs, match_greedily
from mmacl.evaluation.functional.segment_table import SegmentTable
from mmacl.utils import InputError

COCO_THRESHOLDS = tuple(round(0.5 + 0.05 * step, 2) for step in range(10))
"""0.5, 0.55, ..., 0.95."""
LENGTH_BOUNDS: dict[str, tuple[float, float]] = {'thumos14': (3.0, 6.0), 'activitynet': (30.0, 60.0)}
"""Seconds up to which an instance is short, and medium, for each data set.

They are the two lowest bounds of length in the published error analysis that ``diagnose_detections`` follows: short is
its XS, medium its S, and long the rest. That makes 47, 26 and 27 % of the instances of THUMOS14's test set and 53, 17
and 30 % of ActivityNet-1.2's validation set; COCO's objects are 41, 34 and 24 %.
"""
LENGTHS = ('short', 'medium', 'long')
MAX_DETECTIONS = (1, 10, 100)
"""How many detections of a class in a video recall is reported for; precision is that of the largest number."""

_WHOLE = (-np.inf, np.inf)
_TOLERANCE = 1e-9
# 9.6 - 3.2 is 6.3999999999999995 in floating point, and an instance of 6.4 s.
_LENGTH_DECIMALS = 6


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
            rows = np.isclose(self.thresholds, threshold, rtol=0, atol=_TOLERANCE)
            figures[name] = _mean(self.precisions[rows])
        figures |= {f'AP_{name}': _mean(values) for name, values in zip(LENGTHS, self.by_length, strict=True)}
        figures |= {f'AR@{number}': _mean(values) for number, values in zip(MAX_DETECTIONS, self.recalls, strict=True)}
        return figures


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

    Equal to ``pycocotools.cocoeval.COCOeval``, whose code computes IoU (``mask.iou``) and the interpolation
    (``accumulate``). Only its matching, a loop in Python, is done by :func:`match_greedily`.

    Args:
        ground_truths: instances of the whole subset.
        detections: scored detections of the whole subset.
        tiou_thresholds: (K,).
        num_classes: size of the label space.
        ambiguous: segments in seconds; their labels are not read. None: there are none.

    Returns:
        (num_thresholds, num_classes); 0 for a class without detections, NaN for one without ground truth.
    """
    precisions, _ = _scores(ground_truths, detections, tiou_thresholds, num_classes, ambiguous, [_WHOLE])
    return precisions[0]


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
    ranges = [_WHOLE, (-np.inf, short), (short, medium), (medium, np.inf)]
    thresholds = np.asarray(tiou_thresholds, dtype=np.float64)
    precisions, recalls = _scores(ground_truths, detections, thresholds, num_classes, ambiguous, ranges)
    lengths = _lengths(ground_truths)
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


def _scores(
    ground_truths: SegmentTable,
    detections: SegmentTable,
    thresholds: NDArray[np.float64],
    num_classes: int,
    ambiguous: SegmentTable | None,
    ranges: Sequence[tuple[float, float]],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """AP (A, K, C) of each range of lengths, and recall (M, K, C) of the first range."""
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
    lengths, own_lengths, places = _lengths(instances), _lengths(detections), _places(detections.videos)
    for low, high in ranges:
        ignored = np.concatenate([(lengths <= low) | (lengths > high), np.ones(pairs, dtype=bool)])
        order = np.lexsort((-columns, -tious, ignored[columns], rows))
        candidates = CandidatePairs(rows[order], columns[order], tious[order], len(detections), number + pairs)
        found = np.stack([match_greedily(candidates, threshold * (1 - _TOLERANCE)) for threshold in thresholds])
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


def _lengths(table: SegmentTable) -> NDArray[np.float64]:
    """Seconds, rounded."""
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


def _mean(values: NDArray[np.float64]) -> float:
    """Mean without NaN; NaN where nothing else is left."""
    counted = values[~np.isnan(values)]
    return float(counted.mean()) if len(counted) else float('nan')
