"""How well the actions of one video are found, as a single number."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mmacl.evaluation.functional.average_precision import average_precision
from mmacl.evaluation.functional.segment_table import SegmentTable


def video_average_precision(
    ground_truths: SegmentTable,
    detections: SegmentTable,
    tiou_thresholds: Sequence[float] | NDArray[np.float64],
    num_videos: int,
) -> NDArray[np.float64]:
    """Average precision of each video by itself, over its instances of all classes.

    All detections of the video, whatever their class, stand in one ranking by score. Best first, each finds the free
    instance of its own class with the highest temporal IoU, if that reaches the threshold; a detection that finds none
    is wrong, also for its name alone. The area is that of the protocol ``activitynet``, under the monotone envelope
    of precision over the recall of the video's instances. The mean over videos is *not* mAP, which ranks the
    detections of a class over all videos.

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
        """What is ranked together is a video, and what can find each other is of one video and one class."""
        return SegmentTable(table.videos * num_labels + table.labels, table.segments, table.videos, table.scores)

    return average_precision(
        videos_as_classes(ground_truths), videos_as_classes(detections), tiou_thresholds, 'activitynet', num_videos
    )
