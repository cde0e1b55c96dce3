"""Compare predicted with annotated numbers of instances (3C-Net)."""

from __future__ import annotations

from torch import Tensor, nn

from mmacl.models.precision import full_precision
from mmacl.registry import MODELS


@MODELS.register_module()
class CountingLoss(nn.Module):
    """Compute the relative error of the counts of the classes in a video, and the absolute one of all others.

    The counting loss of Narayan et al., 3C-Net (ICCV 2019), Sec. 3.2: for the prediction m, a class with n instances
    gives ``|m - n| / n``, and a class without any ``absent_weight * |m|``. Sums over classes, mean over videos.

    Args:
        loss_weight: ``beta``.
        absent_weight: weight of the classes without an instance.
    """

    def __init__(self, loss_weight: float = 1.0, absent_weight: float = 1e-3) -> None:
        super().__init__()
        self.loss_weight = loss_weight
        self.absent_weight = absent_weight

    @full_precision
    def forward(self, predicted: Tensor, counts: Tensor) -> Tensor:
        """Compute the loss of a batch, 0-d.

        Args:
            predicted: ``m``, (B, C).
            counts: ``n``, (B, C) int.
        """
        present = (predicted - counts).abs() / counts.clamp(min=1)
        terms = present.where(counts > 0, self.absent_weight * predicted.abs())
        return self.loss_weight * terms.sum(dim=1).mean()
