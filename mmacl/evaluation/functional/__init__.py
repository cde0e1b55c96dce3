"""Scores as pure functions of NumPy arrays."""

from mmacl.evaluation.functional.activitynet_protocol import activitynet_protocol, area_under_envelope
from mmacl.evaluation.functional.average_precision import (
    PROTOCOLS,
    average_precision,
    mean_average_precision,
    mean_over_classes,
)
from mmacl.evaluation.functional.clustering_metrics import (
    adjusted_rand_index,
    clustering_metrics,
    normalized_mutual_information,
    primary_class,
    purity,
)
from mmacl.evaluation.functional.matching import CandidatePairs, candidate_pairs, match_greedily
from mmacl.evaluation.functional.segment_table import SegmentTable

__all__ = [
    'PROTOCOLS',
    'CandidatePairs',
    'SegmentTable',
    'activitynet_protocol',
    'adjusted_rand_index',
    'area_under_envelope',
    'average_precision',
    'candidate_pairs',
    'clustering_metrics',
    'match_greedily',
    'mean_average_precision',
    'mean_over_classes',
    'normalized_mutual_information',
    'primary_class',
    'purity',
]
