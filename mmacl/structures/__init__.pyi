from .action_data_sample import ActionDataSample as ActionDataSample
from .attention_curve import AttentionCurve as AttentionCurve
from .cluster_mapping import ClusterMapping as ClusterMapping
from .pseudo_labels import PseudoLabels as PseudoLabels
from .segments import SnippetTiming as SnippetTiming
from .segments import clip_segments as clip_segments
from .segments import paired_temporal_iou as paired_temporal_iou
from .segments import temporal_iou as temporal_iou
