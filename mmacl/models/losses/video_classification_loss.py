"""Classify the videos (Sec. 3.6)."""

from __future__ import annotations

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
        targets = labels.to(video_logits.dtype)
        targets = targets / targets.sum(dim=1, keepdim=True).clamp(min=1)
        terms = -targets * video_logits.log_softmax(dim=1)
        return self.loss_weight * reduce_terms(terms, labels.any(dim=1).sum(), self.reduction)
