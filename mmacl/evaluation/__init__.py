"""How good clusters and timed actions are (Sec. 4.1): pure functions, and the metrics that collect their input."""

from mmacl.evaluation.functional import (
    PROTOCOLS,
    SegmentTable,
    average_precision,
    clustering_metrics,
    mean_average_precision,
    primary_class,
)
from mmacl.evaluation.metrics import TemporalMAP

__all__ = [
    'PROTOCOLS',
    'SegmentTable',
    'TemporalMAP',
    'average_precision',
    'clustering_metrics',
    'mean_average_precision',
    'primary_class',
]
