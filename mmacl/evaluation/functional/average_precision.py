"""Average precision of timed detections (Sec. 4.1) by any of the protocols."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from mmacl.evaluation.functional.coco_protocol import coco_protocol
from mmacl.evaluation.functional.protocols_in_seconds import activitynet_protocol, thumos14_protocol
from mmacl.evaluation.functional.protocols_in_snippets import co2net_protocol, wtalc_protocol
from mmacl.evaluation.functional.segment_table import SegmentTable
from mmacl.utils import InputError

Protocol = Callable[
    [SegmentTable, SegmentTable, NDArray[np.float64], int, SegmentTable | None],
    NDArray[np.float64],
]

PROTOCOLS: dict[str, Protocol] = {
    'activitynet': activitynet_protocol,
    'co2net': co2net_protocol,
    'wtalc': wtalc_protocol,
    'thumos14': thumos14_protocol,
    'coco': coco_protocol,
}
"""Scorers by name: (ground truth, detections, thresholds, number of classes, ambiguous) -> (thresholds, classes)."""

READ_AMBIGUOUS = frozenset({'co2net', 'wtalc', 'thumos14', 'coco'})
"""Protocols whose result depends on ambiguous segments."""

ACTIVITYNET_CLASSES = 100
"""ActivityNet-1.2 has 100 classes, 1.3 has 200, THUMOS14 20."""


def benchmark_like(num_classes: int) -> str:
    """Name the benchmark whose thresholds and bins suit: ``'activitynet'`` from 100 classes on, else ``'thumos14'``."""
    return 'activitynet' if num_classes >= ACTIVITYNET_CLASSES else 'thumos14'


def average_precision(
    ground_truths: SegmentTable,
    detections: SegmentTable,
    tiou_thresholds: Sequence[float] | NDArray[np.float64],
    protocol: str = 'activitynet',
    num_classes: int | None = None,
    ambiguous: SegmentTable | None = None,
) -> NDArray[np.float64]:
    """Compute the average precision of each class at each threshold of temporal IoU.

    Args:
        ground_truths: instances of the whole subset.
        detections: scored detections of the whole subset.
        tiou_thresholds: each in (0, 1].
        protocol: a name in ``PROTOCOLS``.
        num_classes: size of the label space; None: as many as the labels need.
        ambiguous: segments that the annotators marked *Ambiguous*, for the protocols that read them; their labels are
            not read. None: there are none.

    Returns:
        (num_thresholds, num_classes) in [0, 1]; 0 for a class without detections, NaN for one without ground truth.

    Raises:
        InputError: unknown protocol, a threshold outside (0, 1], detections without scores, or a label out of range.
    """
    thresholds = checked_thresholds(tiou_thresholds)
    if detections.scores is None:
        raise InputError('detections without scores cannot be ranked', remedy='give each segment a score')
    labels = np.concatenate([ground_truths.labels, detections.labels])
    if num_classes is None:
        num_classes = int(labels.max(initial=-1)) + 1
    outside = labels[(labels < 0) | (labels >= num_classes)]
    if len(outside):
        raise InputError(
            f'label {outside[0]} is not in [0, {num_classes})',
            remedy='ground truth and detections must name the same classes',
        )
    return protocol_named(protocol)(ground_truths, detections, thresholds, num_classes, ambiguous)


def mean_average_precision(
    ground_truths: SegmentTable,
    detections: SegmentTable,
    tiou_thresholds: Sequence[float] | NDArray[np.float64],
    protocol: str = 'activitynet',
    ambiguous: SegmentTable | None = None,
) -> NDArray[np.float64]:
    """Average :func:`average_precision` over the classes that have ground truth.

    A class without detections counts with 0; a class without ground truth does not count.

    Returns:
        (num_thresholds,) in [0, 1]; NaN where there is no ground truth at all.
    """
    return mean_over_classes(
        average_precision(ground_truths, detections, tiou_thresholds, protocol, ambiguous=ambiguous)
    )


def video_average_precision(
    ground_truths: SegmentTable,
    detections: SegmentTable,
    tiou_thresholds: Sequence[float] | NDArray[np.float64],
    num_videos: int,
) -> NDArray[np.float64]:
    """Compute the average precision of each video by itself, over its instances of all classes.

    The detections of the video are ranked by score, all classes together. Best first, each takes the free instance of
    its own class with the highest temporal IoU, if that reaches the threshold; a detection that takes none is wrong,
    even if only its class is. The area is that of the protocol ``activitynet``, under the monotone envelope of
    precision over the recall of the video's instances. The mean over videos is *not* mAP, which ranks the detections
    of a class over all videos.

    Args:
        ground_truths: instances.
        detections: scored detections, of the same videos.
        tiou_thresholds: (K,), each in (0, 1].
        num_videos: V; videos are numbered below it.

    Returns:
        (K, V) in [0, 1]; 0 for a video without detections, NaN for one without instances.
    """
    labels = np.concatenate([ground_truths.labels, detections.labels])
    num_labels = int(labels.max(initial=-1)) + 1

    def videos_as_classes(table: SegmentTable) -> SegmentTable:
        """Rank within a video; match within a (video, class) pair."""
        return SegmentTable(table.videos * num_labels + table.labels, table.segments, table.videos, table.scores)

    return average_precision(
        videos_as_classes(ground_truths), videos_as_classes(detections), tiou_thresholds, 'activitynet', num_videos
    )


def mean_over_classes(precisions: NDArray[np.float64]) -> NDArray[np.float64]:
    """Average over the last axis, without classes that have no ground truth (NaN); NaN if no class has any."""
    counted = ~np.isnan(precisions)
    total = np.where(counted, precisions, 0.0).sum(axis=-1)
    number = counted.sum(axis=-1)
    return np.divide(total, number, out=np.full(total.shape, np.nan), where=number > 0)


def protocol_named(name: str) -> Protocol:
    """Return the scorer of that name.

    Raises:
        InputError: there is no such scorer.
    """
    if name not in PROTOCOLS:
        raise InputError(f'protocol {name!r} is not known', remedy=f'choose one of {", ".join(sorted(PROTOCOLS))}')
    return PROTOCOLS[name]


def checked_thresholds(tiou_thresholds: Sequence[float] | NDArray[np.float64]) -> NDArray[np.float64]:
    """Return thresholds as an array.

    Raises:
        InputError: there is no threshold, or one is not in (0, 1].
    """
    thresholds = np.asarray(tiou_thresholds, dtype=np.float64).reshape(-1)
    outside = thresholds[~((thresholds > 0) & (thresholds <= 1))]
    if not len(thresholds):
        raise InputError('tiou_thresholds is empty', remedy='name at least one, such as 0.5')
    if len(outside):
        raise InputError(f'tIoU threshold {outside[0]:g} is not in (0, 1]', remedy='write fractions, such as 0.5')
    return thresholds
