"""Attention over the snippets of padded videos, and what it pools (Sec. 3.5, 3.6)."""

from __future__ import annotations

import torch
from torch import Tensor

from mmacl.models.precision import full_precision

#: How the class-agnostic attention S is normalised where it weighs snippets (H of Sec. 3.6, and clustering, Sec. 3.3).
ATTENTIONS = ('softmax', 'raw', 'sigmoid')


@full_precision
def masked_softmax(logits: Tensor, mask: Tensor) -> Tensor:
    """Softmax over time, as in A_hat (Sec. 3.5) and S_hat (Sec. 3.6).

    Args:
        logits: (B, T) or (B, T, C).
        mask: (B, T), True for real snippets.

    Returns:
        The shape of ``logits``; 0 at padding, and sums to 1 over time unless a video is nothing but padding.
    """
    padding = ~mask if logits.ndim == 2 else ~mask.unsqueeze(-1)
    # The lowest finite number, not -inf: a video of padding alone would give NaN, and NaN gradients.
    lowest = torch.finfo(logits.dtype).min
    return logits.masked_fill(padding, lowest).softmax(dim=1).masked_fill(padding, 0)


@full_precision
def normalize_attention(logits: Tensor, mask: Tensor, kind: str = 'softmax') -> Tensor:
    """Class-agnostic attention as weights of snippets.

    The paper writes raw S in ``H = X_ca^T S`` and in Sec. 3.3, and S_hat only in p. But p does not change when a
    constant is added to S, so that raw or squashed S has no defined zero; ``softmax``, which sums to one as Eq. (2)
    does, is what the authors' release uses.

    Args:
        logits: ``S``, (B, T).
        mask: (B, T), True for real snippets.
        kind: ``'softmax'`` over time, ``'raw'`` or ``'sigmoid'``.

    Returns:
        (B, T), 0 at padding.
    """
    if kind == 'softmax':
        return masked_softmax(logits, mask)
    return (logits.sigmoid() if kind == 'sigmoid' else logits).masked_fill(~mask, 0)


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
