"""The network: preprocessor, backbones, heads, pooling, losses, localizers (Sec. 3.2 to 3.6)."""

from mmacl.models.backbones import FAB, Conv1D, ReleaseFAB
from mmacl.models.data_preprocessor import SnippetDataPreprocessor
from mmacl.models.fusion import StreamPrediction, concatenate_streams, fuse_predictions, fuse_streams
from mmacl.models.heads import AttentionHead, ClassAgnosticHead, ClassSpecificHead
from mmacl.models.layers import ChannelDropout, MaskedNonLocal1d, SnippetConv1d, build_snippet_conv
from mmacl.models.localizers import (
    STPN,
    WTALC,
    ActionCoLocalizer,
    BaseLocalizer,
    CoAttentionStream,
    CoLA,
    StreamOutput,
    TwoStreamLocalizer,
)
from mmacl.models.losses import (
    ActionBackgroundSeparationLoss,
    ClusterTripletLoss,
    CoActivitySimilarityLoss,
    SnippetContrastLoss,
    VideoClassificationLoss,
    build_losses,
)
from mmacl.models.pooling import (
    ATTENTIONS,
    VIDEO_SCORES,
    count_top,
    masked_mean,
    masked_softmax,
    normalize_attention,
    pool_action_and_background,
    pool_labelled_classes,
    pool_snippets,
    score_videos,
    top_k_mean,
)

__all__ = [
    'ATTENTIONS',
    'FAB',
    'STPN',
    'VIDEO_SCORES',
    'WTALC',
    'ActionBackgroundSeparationLoss',
    'ActionCoLocalizer',
    'AttentionHead',
    'BaseLocalizer',
    'ChannelDropout',
    'ClassAgnosticHead',
    'ClassSpecificHead',
    'ClusterTripletLoss',
    'CoActivitySimilarityLoss',
    'CoAttentionStream',
    'CoLA',
    'Conv1D',
    'MaskedNonLocal1d',
    'ReleaseFAB',
    'SnippetContrastLoss',
    'SnippetConv1d',
    'SnippetDataPreprocessor',
    'StreamOutput',
    'StreamPrediction',
    'TwoStreamLocalizer',
    'VideoClassificationLoss',
    'build_losses',
    'build_snippet_conv',
    'concatenate_streams',
    'count_top',
    'fuse_predictions',
    'fuse_streams',
    'masked_mean',
    'masked_softmax',
    'normalize_attention',
    'pool_action_and_background',
    'pool_labelled_classes',
    'pool_snippets',
    'score_videos',
    'top_k_mean',
]
