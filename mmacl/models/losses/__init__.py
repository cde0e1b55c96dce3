"""Losses on pooled videos, Eq. (3) to (13). They take tensors and are independent of the model."""

from mmacl.models.losses.action_background_separation_loss import ActionBackgroundSeparationLoss
from mmacl.models.losses.build_losses import build_losses
from mmacl.models.losses.center_loss import CenterLoss, ClassCenters
from mmacl.models.losses.cluster_triplet_loss import ClusterTripletLoss
from mmacl.models.losses.co_activity_similarity_loss import CoActivitySimilarityLoss
from mmacl.models.losses.counting_loss import CountingLoss
from mmacl.models.losses.evidential_loss import EvidentialLoss
from mmacl.models.losses.functional import cosine_distance, cosine_distance_matrix
from mmacl.models.losses.outer_inner_contrast import outer_inner_contrast
from mmacl.models.losses.self_guided_attention import self_guided_attention
from mmacl.models.losses.snippet_contrast_loss import SnippetContrastLoss, info_nce
from mmacl.models.losses.uncertainty_losses import BackgroundEntropyLoss, FeatureMagnitudeLoss
from mmacl.models.losses.video_classification_loss import BinaryVideoClassificationLoss, VideoClassificationLoss

__all__ = [
    'ActionBackgroundSeparationLoss',
    'BackgroundEntropyLoss',
    'BinaryVideoClassificationLoss',
    'CenterLoss',
    'ClassCenters',
    'ClusterTripletLoss',
    'CoActivitySimilarityLoss',
    'CountingLoss',
    'EvidentialLoss',
    'FeatureMagnitudeLoss',
    'SnippetContrastLoss',
    'VideoClassificationLoss',
    'build_losses',
    'cosine_distance',
    'cosine_distance_matrix',
    'info_nce',
    'outer_inner_contrast',
    'self_guided_attention',
]
