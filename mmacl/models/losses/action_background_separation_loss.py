"""Separate actions from backgrounds (Sec. 3.5)."""

from __future__ import annotations

from torch import Tensor, nn

from mmacl.models.checks import check_choice
from mmacl.models.losses.functional import REDUCTIONS, cosine_distance, cosine_distance_matrix, reduce_terms
from mmacl.models.precision import full_precision
from mmacl.registry import MODELS


@MODELS.register_module()
class ActionBackgroundSeparationLoss(nn.Module):
    """Pull the actions of a cluster together and push their backgrounds away, Eq. (5) to (10).

    The sums of Eq. (8) and (9) run over ordered pairs of videos drawn for one cluster. A video is never paired with
    itself, even if it was drawn twice. A video of one snippet has no background (Eq. 4 divides by T - 1) and adds no
    term to Eq. (9). A batch without a pair gives exactly 0.

    Args:
        similarity_margin: ``tau_1`` of Eq. (5).
        separation_margin: ``tau_2`` of Eq. (6) and (7).
        intra_weight: ``theta`` of Eq. (10).
        loss_weight: ``beta`` of Eq. (1).
        reduction: ``'sum'`` (paper), or ``'mean'`` over pairs, which gives each side of Eq. (9) the weight 1/2 (the
            authors' release).

    Raises:
        InputError: the reduction is not known.
    """

    def __init__(
        self,
        similarity_margin: float = 1e-4,
        separation_margin: float = 0.25,
        intra_weight: float = 1.0,
        loss_weight: float = 0.5,
        reduction: str = 'sum',
    ) -> None:
        super().__init__()
        check_choice('reduction', reduction, REDUCTIONS)
        self.similarity_margin = similarity_margin
        self.separation_margin = separation_margin
        self.intra_weight = intra_weight
        self.loss_weight = loss_weight
        self.reduction = reduction

    @full_precision
    def forward(
        self, actions: Tensor, backgrounds: Tensor, has_background: Tensor, clusters: Tensor, video_ids: Tensor
    ) -> Tensor:
        """Compute the loss of a batch, 0-d.

        Args:
            actions: ``J``, (B, D), each pooled by the attention of its cluster.
            backgrounds: ``B``, (B, D).
            has_background: (B,) bool, False for videos of one snippet.
            clusters: ``z``, (B,) int, the cluster for which each video was drawn.
            video_ids: (B,) int, equal where a video was drawn more than once.
        """
        pairs = (clusters[:, None] == clusters[None, :]) & (video_ids[:, None] != video_ids[None, :])
        between = cosine_distance_matrix(actions)
        within = cosine_distance(actions, backgrounds)[:, None]
        zero = between.new_zeros(())
        inter = (between - self.similarity_margin).relu().where(pairs, zero)
        intra = (between - within + self.separation_margin).relu().where(pairs & has_background[:, None], zero)
        return self.loss_weight * reduce_terms(inter + self.intra_weight * intra, pairs.sum(), self.reduction)
