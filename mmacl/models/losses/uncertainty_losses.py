"""Tell actions from background by the length of features (UM: Lee, Wang, Lu and Byun, AAAI 2021)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from mmacl.models.precision import full_precision
from mmacl.registry import MODELS


@MODELS.register_module()
class FeatureMagnitudeLoss(nn.Module):
    """Make features of actions long and those of background short, the uncertainty modeling loss of UM.

    ``1 / N sum_n (max(0, m - ||a_n||) + ||b_n||)^2``.

    Args:
        margin: ``m``, the length from which on a feature counts as an action for sure.
        loss_weight: ``alpha``.
    """

    def __init__(self, margin: float = 100.0, loss_weight: float = 5e-4) -> None:
        super().__init__()
        self.margin = margin
        self.loss_weight = loss_weight

    @full_precision
    def forward(self, actions: Tensor, backgrounds: Tensor) -> Tensor:
        """Compute the loss of a batch, 0-d.

        Args:
            actions: ``a``, the mean feature of the pseudo action snippets of each video, (B, D).
            backgrounds: ``b``, that of the pseudo background snippets, (B, D).
        """
        missing = (self.margin - torch.linalg.vector_norm(actions, dim=1)).relu()
        excess = torch.linalg.vector_norm(backgrounds, dim=1)
        return self.loss_weight * (missing + excess).square().mean()


@MODELS.register_module()
class BackgroundEntropyLoss(nn.Module):
    """Spread the class probabilities of background evenly, ``1 / (N C) sum_n sum_c -log p_c``, of UM.

    Args:
        loss_weight: ``beta``.
    """

    def __init__(self, loss_weight: float = 1.0) -> None:
        super().__init__()
        self.loss_weight = loss_weight

    @full_precision
    def forward(self, background_logits: Tensor) -> Tensor:
        """Compute the loss of a batch, 0-d.

        Args:
            background_logits: scores of the background of each video before the softmax over classes, (B, C).
        """
        return -self.loss_weight * background_logits.log_softmax(dim=1).mean()
