"""Compare the videos of one class by what their attention selects (W-TALC)."""

from __future__ import annotations

from torch import Tensor, nn

from mmacl.models.checks import check_choice
from mmacl.models.losses.functional import cosine_distance_matrix
from mmacl.models.precision import full_precision
from mmacl.registry import MODELS

_REDUCTIONS = ('pairs', 'classes')


@MODELS.register_module()
class CoActivitySimilarityLoss(nn.Module):
    """Pull the actions of a class together and push the backgrounds of its videos away.

    The co-activity similarity loss of Paul et al., W-TALC (ECCV 2018), Sec. 3.4. Two videos m and n of a class give
    ``1/2 max(0, d(H_m, H_n) - d(H_m, L_n) + delta) + 1/2 max(0, d(H_m, H_n) - d(L_m, H_n) + delta)``, where d is the
    cosine distance, and H and L are the features that the attention of the class selects and leaves. A row is a video
    in one of its classes. A video is never paired with itself, even if it was drawn twice. A batch without a pair gives
    exactly 0. L of a video of one snippet is 0, which is at distance 1 from everything.

    Args:
        margin: ``delta``.
        loss_weight: ``1 - lambda``.
        reduction: average over the ``'pairs'`` of all classes, or over the pairs of each class and then over the
            ``'classes'`` that have one. The paper writes the second, divided by all classes.

    Raises:
        InputError: the reduction is not known.
    """

    def __init__(self, margin: float = 0.5, loss_weight: float = 0.5, reduction: str = 'pairs') -> None:
        super().__init__()
        check_choice('reduction', reduction, _REDUCTIONS)
        self.margin = margin
        self.loss_weight = loss_weight
        self.reduction = reduction

    @full_precision
    def forward(self, actions: Tensor, backgrounds: Tensor, classes: Tensor, video_ids: Tensor) -> Tensor:
        """Compute the loss of a batch, 0-d.

        Args:
            actions: ``H``, (R, D).
            backgrounds: ``L``, (R, D).
            classes: (R,) int, the class of each row.
            video_ids: (R,) int, equal where a video was drawn more than once.
        """
        same_class = classes[:, None] == classes
        pairs = same_class & (video_ids[:, None] != video_ids)
        # Ordered pairs (m, n): the half of (m, n) with L_n here, that with L_m in (n, m).
        hinge = cosine_distance_matrix(actions) - cosine_distance_matrix(actions, backgrounds) + self.margin
        terms = hinge.relu().where(pairs, hinge.new_zeros(()))
        if self.reduction == 'pairs':
            return self.loss_weight * terms.sum() / pairs.sum().clamp(min=1)
        pairs_of_class = same_class.to(terms.dtype) @ pairs.sum(dim=1).to(terms.dtype)
        num_classes = classes[pairs.any(dim=1)].unique().numel()
        return self.loss_weight * (terms.sum(dim=1) / pairs_of_class.clamp(min=1)).sum() / max(num_classes, 1)
