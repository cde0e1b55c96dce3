"""Scores as pure functions of NumPy arrays."""

from mmacl.evaluation.functional.activitynet_protocol import activitynet_protocol, area_under_envelope
from mmacl.evaluation.functional.ambiguous_overlap import overlaps_ambiguous
from mmacl.evaluation.functional.attention_quality import attention_auc, effective_share, snippets_in_action
from mmacl.evaluation.functional.average_precision import (
    PROTOCOLS,
    READ_AMBIGUOUS,
    average_precision,
    mean_average_precision,
    mean_over_classes,
)
from mmacl.evaluation.functional.average_recall import PROPOSAL_THRESHOLDS, RecallCurve, average_recall
from mmacl.evaluation.functional.clustering_metrics import (
    MULTI_LABEL,
    adjusted_rand_index,
    check_multi_label,
    clustering_metrics,
    favoured_class,
    normalized_mutual_information,
    primary_class,
    purity,
)
from mmacl.evaluation.functional.co2net_protocol import co2net_protocol
from mmacl.evaluation.functional.count_confusion import count_confusion
from mmacl.evaluation.functional.matching import CandidatePairs, candidate_pairs, match_greedily, same_video_pairs
from mmacl.evaluation.functional.one_to_one_assignment import cluster_accuracy, one_to_one_assignment
from mmacl.evaluation.functional.score_by_class import precision_at_hits
from mmacl.evaluation.functional.segment_table import SegmentTable
from mmacl.evaluation.functional.thumos14_protocol import thumos14_protocol
from mmacl.evaluation.functional.video_average_precision import video_average_precision
from mmacl.evaluation.functional.without_classes import without_classes
from mmacl.evaluation.functional.wtalc_protocol import wtalc_protocol

__all__ = [
    'MULTI_LABEL',
    'PROPOSAL_THRESHOLDS',
    'PROTOCOLS',
    'READ_AMBIGUOUS',
    'CandidatePairs',
    'RecallCurve',
    'SegmentTable',
    'activitynet_protocol',
    'adjusted_rand_index',
    'area_under_envelope',
    'attention_auc',
    'average_precision',
    'average_recall',
    'candidate_pairs',
    'check_multi_label',
    'cluster_accuracy',
    'clustering_metrics',
    'co2net_protocol',
    'count_confusion',
    'effective_share',
    'favoured_class',
    'match_greedily',
    'mean_average_precision',
    'mean_over_classes',
    'normalized_mutual_information',
    'one_to_one_assignment',
    'overlaps_ambiguous',
    'precision_at_hits',
    'primary_class',
    'purity',
    'same_video_pairs',
    'snippets_in_action',
    'thumos14_protocol',
    'video_average_precision',
    'without_classes',
    'wtalc_protocol',
]
