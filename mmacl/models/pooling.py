"""From snippets to one vector a video."""

from __future__ import annotations

import torch
from torch import Tensor

from mmacl.models.attention import masked_softmax
from mmacl.models.precision import full_precision


@full_precision
def pool_snippets(features: Tensor, weights: Tensor) -> Tensor:
    """Weighted sum over time, ``X^T s``: H of Sec. 3.6, and p where the features are A.

    Args:
        features: (B, T, D), finite at padding too.
        weights: (B, T), 0 at padding.

    Returns:
        (B, D).
    """
    return torch.einsum('btd,bt->bd', features, weights)


@full_precision
def pool_action_and_background(features: Tensor, logits: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """Action and background features of each video under one cluster's attention, Eq. (3) and (4).

    Args:
        features: ``X_cs``, (B, T, D), finite at padding too.
        logits: ``A[:, z]`` of the cluster z for which each video was drawn, (B, T).
        mask: (B, T), True for real snippets.

    Returns:
        ``J`` and ``B``, each (B, D). A video of one snippet has no background, and its B is 0.
    """
    # X^T (1 - A_hat) = X^T 1 - J, with both products in one pass over the features.
    weights = torch.stack([masked_softmax(logits, mask), mask.to(logits.dtype)], dim=-1)
    actions, totals = torch.einsum('btd,btk->kbd', features, weights).unbind(0)
    return actions, (totals - actions) / (mask.sum(dim=1, keepdim=True) - 1).clamp(min=1)
