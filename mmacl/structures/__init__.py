"""What flows between the rooms."""

from mmacl.structures.action_data_sample import ActionDataSample
from mmacl.structures.attention_curve import AttentionCurve
from mmacl.structures.cluster_mapping import ClusterMapping
from mmacl.structures.pseudo_labels import PseudoLabels
from mmacl.structures.segments import SnippetTiming, paired_temporal_iou, temporal_iou

__all__ = [
    'ActionDataSample',
    'AttentionCurve',
    'ClusterMapping',
    'PseudoLabels',
    'SnippetTiming',
    'paired_temporal_iou',
    'temporal_iou',
]
