"""Pool the snippets of padded videos: by attention (Sec. 3.5, 3.6), by their mean, by their largest scores."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

from mmacl.models.host_copy import host_copy, known_to_host, lengths_of
from mmacl.models.precision import full_precision

#: Ways to normalise the class-agnostic attention S as weights of snippets, in H (Sec. 3.6) and clustering (Sec. 3.3).
ATTENTIONS = ('softmax', 'raw', 'sigmoid')

#: Ways to normalise the scores of a video, see :func:`score_videos`.
VIDEO_SCORES = ('softmax', 'sigmoid')


@full_precision
def masked_softmax(logits: Tensor, mask: Tensor) -> Tensor:
    """Compute the softmax over time, A_hat of Sec. 3.5 and S_hat of Sec. 3.6.

    Args:
        logits: (B, T) or (B, T, C).
        mask: (B, T), True for real snippets.

    Returns:
        The shape of ``logits``; 0 at padding, and a sum of 1 over time unless a video is all padding.
    """
    padding = ~mask if logits.ndim == 2 else ~mask.unsqueeze(-1)
    # The lowest finite number instead of -inf, which gives NaN and NaN gradients for a video that is all padding.
    lowest = torch.finfo(logits.dtype).min
    return logits.masked_fill(padding, lowest).softmax(dim=1).masked_fill(padding, 0)


@full_precision
def normalize_attention(logits: Tensor, mask: Tensor, kind: str = 'softmax') -> Tensor:
    """Normalise class-agnostic attention as weights of snippets (Sec. 3.3, 3.6).

    The paper writes raw S in ``H = X_ca^T S`` and in Sec. 3.3, and S_hat only in p. But p does not change if a constant
    is added to S, so raw S, or a sigmoid of it, has no defined zero. ``softmax`` sums to one, as Eq. (2) does, and the
    authors' release uses it.

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
    """Sum snippets over time with weights, ``X^T s``: H of Sec. 3.6, or p if the features are A.

    Args:
        features: (B, T, D), finite at padding too.
        weights: (B, T), 0 at padding.

    Returns:
        (B, D).
    """
    return torch.einsum('btd,bt->bd', features, weights)


@full_precision
def pool_labelled_classes(features: Tensor, weights: Tensor, labels: Tensor) -> Tensor:
    """Sum the snippets of each video over time with the weights of each of its classes.

    Args:
        features: (B, T, D), finite at padding too.
        weights: (B, T, C), 0 at padding.
        labels: (B, C) bool, True where a video belongs to a class; R pairs of a video and a class in all.

    Returns:
        (R, D), in the order of ``labels.nonzero()``.
    """
    return torch.einsum('btd,btc->bcd', features, weights)[labels]


@full_precision
def pool_action_and_background(features: Tensor, logits: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """Pool action and background features of each video by the attention of one cluster, Eq. (3) and (4).

    Args:
        features: ``X_cs``, (B, T, D), finite at padding too.
        logits: ``A[:, z]`` of the cluster z for which each video was drawn, (B, T).
        mask: (B, T), True for real snippets.

    Returns:
        ``J`` and ``B``, each (B, D). A video of one snippet has no background; its B is 0.
    """
    # X^T (1 - A_hat) = X^T 1 - J, with both products in one pass over the features.
    weights = torch.stack([masked_softmax(logits, mask), mask.to(logits.dtype)], dim=-1)
    actions, totals = torch.einsum('btd,btk->kbd', features, weights).unbind(0)
    return actions, (totals - actions) / (mask.sum(dim=1, keepdim=True) - 1).clamp(min=1)


@full_precision
def masked_mean(values: Tensor, mask: Tensor) -> Tensor:
    """Average over the real snippets.

    Args:
        values: (B, T) or (B, T, D), finite at padding too.
        mask: (B, T), True for real snippets.

    Returns:
        (B,) or (B, D); 0 for a video that is all padding.
    """
    weights = mask.to(values.dtype) / mask.sum(dim=1, keepdim=True).clamp(min=1)
    return torch.einsum('bt...,bt->b...', values, weights)


def count_top(mask: Tensor, ratio: float) -> Tensor:
    """Count the snippets that a top-k pooling takes of each video, ``max(1, floor(T / ratio))``.

    T counts the real snippets, so that padding changes nothing.

    Args:
        mask: (B, T), True for real snippets.
        ratio: one snippet in so many, at least 1.

    Returns:
        (B,) int64.
    """
    counts = np.floor(lengths_of(mask).astype(np.float32) / np.float32(ratio)).astype(np.int64)
    return known_to_host(counts.clip(min=1), mask.device)


@full_precision
def top_k_mean(values: Tensor, mask: Tensor, counts: Tensor) -> Tensor:
    """Average the k largest values of each video, as top-k multiple instance learning does.

    Args:
        values: (B, T) or (B, T, C); each class takes snippets of its own.
        mask: (B, T), True for real snippets.
        counts: k of each video, (B,), at least 1; a video of fewer snippets gives all. See :func:`count_top`.

    Returns:
        (B,) or (B, C); 0 for a video that is all padding.
    """
    most = int(np.minimum(host_copy(counts), lengths_of(mask)).max())
    counts = torch.minimum(counts, mask.sum(dim=1))
    padding = ~mask if values.ndim == 2 else ~mask.unsqueeze(-1)
    lowest = torch.finfo(values.dtype).min
    largest = values.masked_fill(padding, lowest).topk(max(most, 1), dim=1).values
    taken = torch.arange(largest.shape[1], device=values.device) < counts.unsqueeze(1)
    weights = taken.to(values.dtype) / counts.unsqueeze(1).clamp(min=1)
    largest = largest.masked_fill(~taken if values.ndim == 2 else ~taken.unsqueeze(-1), 0)
    return torch.einsum('bk...,bk->b...', largest, weights)


@full_precision
def score_videos(logits: Tensor, kind: str = 'softmax') -> Tensor:
    """Normalise the scores of videos to [0, 1].

    Args:
        logits: (B, C).
        kind: ``'softmax'`` over classes, or ``'sigmoid'`` of each class, above 0.5 where the score is above 0.

    Returns:
        (B, C).
    """
    return logits.softmax(dim=1) if kind == 'softmax' else logits.sigmoid()


@torch.no_grad()
def represent_on_device(features: Mapping[str, Tensor], weights: Mapping[str, Tensor], mask: Tensor) -> Tensor:
    """Compute :func:`~mmacl.structures.video_representation` of a batch where the features are, in float64.

    It equals the result for one video up to the last digits of float64.

    Args:
        features: by modality, (B, T, D).
        weights: attention of each modality, (B, T).
        mask: (B, T), True for real snippets.

    Returns:
        (B, sum of D), float64, on the device of the features.
    """
    rows = []
    for name, x in features.items():
        pooled = torch.einsum('bt,btd->bd', weights[name].double().masked_fill(~mask, 0), x.double())
        length = torch.linalg.vector_norm(pooled, dim=1, keepdim=True)
        rows.append(torch.where(length > 0, pooled / length, pooled))
    return torch.cat(rows, dim=1)
