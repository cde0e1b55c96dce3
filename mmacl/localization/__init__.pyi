from .action_post_processor import ActionPostProcessor as ActionPostProcessor
from .activitynet_form import describe_detections as describe_detections
from .activitynet_form import describe_results as describe_results
from .outer_inner_contrast import OuterInnerContrast as OuterInnerContrast
from .proposals import Proposals as Proposals
from .proposals import ThresholdProposals as ThresholdProposals
from .score_map import ScoreMap as ScoreMap
from .temporal_nms import TemporalNMS as TemporalNMS
