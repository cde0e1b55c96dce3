"""Classify the videos (Sec. 3.6)."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from mmacl.models.checks import check_choice
from mmacl.models.losses.functional import REDUCTIONS, reduce_terms
from mmacl.models.precision import full_precision
from mmacl.registry import MODELS


@MODELS.register_module()
class VideoClassificationLoss(nn.Module):
    """Compute the cross-entropy between the scores of a video and its (pseudo-)labels, Eq. (13).

    Each of n labels of a video has the weight 1 / n, so that its targets sum to one, as ``p_hat`` does. A video without
    a label adds nothing.

    Args:
        loss_weight: factor on the result; 1 in Eq. (1).
        reduction: ``'sum'`` over videos (paper) or ``'mean'``.

    Raises:
        InputError: the reduction is not known.
    """

    def __init__(self, loss_weight: float = 1.0, reduction: str = 'sum') -> None:
        super().__init__()
        check_choice('reduction', reduction, REDUCTIONS)
        self.loss_weight = loss_weight
        self.reduction = reduction

    @full_precision
    def forward(self, video_logits: Tensor, labels: Tensor) -> Tensor:
        """Compute the loss of a batch, 0-d.

        Args:
            video_logits: ``p``, before the softmax over clusters, (B, C).
            labels: (B, C) bool, True where a video belongs to a cluster.
        """
        terms = -_targets(labels, video_logits) * video_logits.log_softmax(dim=1)
        return self.loss_weight * reduce_terms(terms, labels.any(dim=1).sum(), self.reduction)


@MODELS.register_module()
class BinaryVideoClassificationLoss(nn.Module):
    """Compute the binary cross-entropy between the softmax of the scores of a video and its labels, as BaS-Net does.

    Each of n labels of a video has the target 1 / n. The loss is the mean over videos and classes.

    Args:
        loss_weight: factor on the result.
    """

    def __init__(self, loss_weight: float = 1.0) -> None:
        super().__init__()
        self.loss_weight = loss_weight

    @full_precision
    def forward(self, video_logits: Tensor, labels: Tensor) -> Tensor:
        """Compute the loss of a batch, 0-d; arguments are those of :class:`VideoClassificationLoss`."""
        targets = _targets(labels, video_logits)
        return self.loss_weight * F.binary_cross_entropy(video_logits.softmax(dim=1), targets)


def _targets(labels: Tensor, video_logits: Tensor) -> Tensor:
    """Divide the labels of each video by their number; those of a video without a label stay 0."""
    targets = labels.to(video_logits.dtype)
    return targets / targets.sum(dim=1, keepdim=True).clamp(min=1)
