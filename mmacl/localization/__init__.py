"""From attention to timed actions (Sec. 3.8): thresholds, contrast, suppression."""

from mmacl.localization.action_post_processor import ActionPostProcessor
from mmacl.localization.activitynet_form import describe_detections, describe_results
from mmacl.localization.outer_inner_contrast import OuterInnerContrast
from mmacl.localization.proposals import Proposals
from mmacl.localization.score_map import ScoreMap
from mmacl.localization.temporal_nms import TemporalNMS
from mmacl.localization.threshold_proposals import ThresholdProposals

__all__ = [
    'ActionPostProcessor',
    'OuterInnerContrast',
    'Proposals',
    'ScoreMap',
    'TemporalNMS',
    'ThresholdProposals',
    'describe_detections',
    'describe_results',
]
