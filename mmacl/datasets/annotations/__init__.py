"""Readers of public annotation layouts, and the one form that they all become.

A reader is a class with a constructor argument ``path`` and a method ``read() -> AnnotationSet``, registered in
``ANNOTATION_READERS``.
"""

from mmacl.datasets.annotations.activitynet_annotations import ActivityNetAnnotations
from mmacl.datasets.annotations.annotation_set import AnnotationSet
from mmacl.datasets.annotations.csv_annotations import CsvAnnotations
from mmacl.datasets.annotations.open_annotations import READERS as _READERS
from mmacl.datasets.annotations.open_annotations import open_annotations
from mmacl.datasets.annotations.record_rules import RecordRules
from mmacl.datasets.annotations.thumos14_annotations import Thumos14Annotations
from mmacl.datasets.annotations.video_names import check_video_name
from mmacl.datasets.annotations.video_record import VideoRecord
from mmacl.datasets.annotations.wtalc_annotations import WTalcAnnotations

LAYOUTS = tuple(_READERS)
"""Names of the layouts that :func:`open_annotations` knows."""

__all__ = [
    'LAYOUTS',
    'ActivityNetAnnotations',
    'AnnotationSet',
    'CsvAnnotations',
    'RecordRules',
    'Thumos14Annotations',
    'VideoRecord',
    'WTalcAnnotations',
    'check_video_name',
    'open_annotations',
]
