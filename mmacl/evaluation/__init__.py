"""How good clusters and timed actions are (Sec. 4.1): pure functions, and the metrics that collect their input."""

from mmacl.evaluation.detections_file import DetectionsFile, read_detections
from mmacl.evaluation.functional import (
    PROTOCOLS,
    SegmentTable,
    average_precision,
    clustering_metrics,
    count_confusion,
    mean_average_precision,
    primary_class,
)
from mmacl.evaluation.ground_truth import GroundTruth
from mmacl.evaluation.metrics import AverageRecall, ClassAgnosticMAP, TemporalMAP
from mmacl.evaluation.video_lists import VIDEO_LISTS, VideoList, video_list_named

__all__ = [
    'PROTOCOLS',
    'VIDEO_LISTS',
    'AverageRecall',
    'ClassAgnosticMAP',
    'DetectionsFile',
    'GroundTruth',
    'SegmentTable',
    'TemporalMAP',
    'VideoList',
    'average_precision',
    'clustering_metrics',
    'count_confusion',
    'mean_average_precision',
    'primary_class',
    'read_detections',
    'video_list_named',
]
