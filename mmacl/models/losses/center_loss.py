"""Draw the features of each class towards a centre (Wen et al., ECCV 2016; 3C-Net)."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mmacl.models.precision import full_precision
from mmacl.registry import MODELS


@MODELS.register_module()
class CenterLoss(nn.Module):
    """Compute the mean squared distance of features to the centres of their classes.

    The loss of Wen et al., *A Discriminative Feature Learning Approach for Deep Face Recognition* (ECCV 2016), which
    3C-Net (Narayan et al., ICCV 2019) adapts to videos with several labels: a row is a video in one of its classes.

    Args:
        loss_weight: ``alpha`` of 3C-Net.
    """

    def __init__(self, loss_weight: float = 1e-3) -> None:
        super().__init__()
        self.loss_weight = loss_weight

    @full_precision
    def forward(self, features: Tensor, classes: Tensor, centers: Tensor) -> Tensor:
        """Compute the loss of a batch, 0-d; 0 without a row.

        Args:
            features: (R, D).
            classes: (R,) int, the class of each row.
            centers: (C, D), without a gradient.
        """
        distances = (features - centers[classes]).square().sum(dim=1)
        return self.loss_weight * distances.sum() / max(len(distances), 1)


class ClassCenters(nn.Module):
    """Hold the running centre of each class, in the checkpoint; equal in all processes if their rows are.

    A batch moves the centre of a class by ``rate * sum of (f - c) / (1 + n)`` over its n rows (Wen et al., Eq. 4); that
    of a class without a row stays. Centres start at 0.

    Args:
        num_clusters: C.
        channels: D.
        rate: in (0, 1], how far a batch moves a centre.
    """

    values: Tensor

    def __init__(self, num_clusters: int, channels: int, rate: float) -> None:
        super().__init__()
        self.rate = rate
        self.register_buffer('values', torch.zeros(num_clusters, channels))

    @torch.no_grad()
    def update(self, features: Tensor, classes: Tensor) -> None:
        """Move the centres.

        Args:
            features: (R, D), of all processes.
            classes: (R,) int, the class of each row.
        """
        members = F.one_hot(classes, len(self.values)).to(self.values.dtype)  # (R, C)
        counts = members.sum(dim=0).unsqueeze(1)
        moved = members.T @ features.to(self.values.dtype) - counts * self.values
        self.values.add_(moved / (1 + counts), alpha=self.rate)
