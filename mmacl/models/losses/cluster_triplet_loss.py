"""Separate the videos of different clusters (Sec. 3.6)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from mmacl.models.checks import check_choice
from mmacl.models.losses.functional import REDUCTIONS, cosine_distance_matrix, reduce_terms
from mmacl.models.precision import full_precision
from mmacl.registry import MODELS

#: The largest cosine distance.
_FARTHEST = 2.0


@MODELS.register_module()
class ClusterTripletLoss(nn.Module):
    """Pull the videos of a cluster together and push the others away, Eq. (11) and (12).

    A positive shares at least one cluster with the anchor, a negative none. A video is never paired with itself, even
    if it was drawn twice. An anchor without a positive has a positive distance of 0; an anchor without a negative adds
    nothing.

    Args:
        margin: ``m`` of Eq. (11).
        loss_weight: ``alpha`` of Eq. (1).
        max_negative_distance: cap on the distance of the nearest negative (1 in the authors' release); None: no cap.
        reduction: ``'sum'`` over anchors (paper) or ``'mean'`` over those that have a negative.

    Raises:
        InputError: the reduction is not known.
    """

    def __init__(
        self,
        margin: float = 0.5,
        loss_weight: float = 0.5,
        max_negative_distance: float | None = None,
        reduction: str = 'sum',
    ) -> None:
        super().__init__()
        check_choice('reduction', reduction, REDUCTIONS)
        self.margin = margin
        self.loss_weight = loss_weight
        self.max_negative_distance = max_negative_distance
        self.reduction = reduction

    @full_precision
    def forward(self, representations: Tensor, labels: Tensor, video_ids: Tensor) -> Tensor:
        """Compute the loss of a batch, 0-d.

        Args:
            representations: ``H``, (B, D).
            labels: (B, C) bool, True where a video belongs to a cluster.
            video_ids: (B,) int, equal where a video was drawn more than once.
        """
        distances = cosine_distance_matrix(representations)
        memberships = labels.to(distances.dtype)
        share_a_cluster = memberships @ memberships.T > 0
        differ = video_ids[:, None] != video_ids[None, :]
        negatives = differ & ~share_a_cluster

        farthest_positive = distances.where(differ & share_a_cluster, distances.new_zeros(())).amax(dim=1)
        nearest_negative = distances.where(negatives, distances.new_full((), _FARTHEST)).amin(dim=1)
        if self.max_negative_distance is not None:
            nearest_negative = nearest_negative.clamp(max=self.max_negative_distance)
        has_negative = negatives.any(dim=1)
        terms = (farthest_positive - nearest_negative + self.margin).relu()
        terms = torch.where(has_negative, terms, torch.zeros_like(terms))
        return self.loss_weight * reduce_terms(terms, has_negative.sum(), self.reduction)
