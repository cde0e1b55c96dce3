"""Attention over the snippets of padded videos."""

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
