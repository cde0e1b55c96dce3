"""What the losses share: cosine distance that is safe at zero, and the reduction of terms."""

from __future__ import annotations

import torch
from torch import Tensor

#: Vectors shorter than this have no direction.
_EPS = 1e-8

#: ``'sum'`` as in the paper's equations, or ``'mean'`` over the terms.
REDUCTIONS = ('sum', 'mean')


def _directions(x: Tensor) -> Tensor:
    """Unit vectors along the last dimension; 0, without a gradient, where a vector has no direction.

    Dividing by a clamped norm instead would hand a zero vector a gradient of 1 / eps.
    """
    # Not `> _EPS`: NaN must stay NaN, a diverged model has to show.
    has_direction = ~(torch.linalg.vector_norm(x.detach(), dim=-1, keepdim=True) <= _EPS)
    x = torch.where(has_direction, x, torch.zeros_like(x))
    norm = torch.linalg.vector_norm(x, dim=-1, keepdim=True)
    return x / torch.where(has_direction, norm, torch.ones_like(norm))


def cosine_distance(x: Tensor, y: Tensor) -> Tensor:
    """``d(x, y) = 1 - cos(x, y)`` row by row, (B, D) and (B, D) to (B,) in [0, 2]; 1 where a row is zero."""
    return 1 - (_directions(x) * _directions(y)).sum(dim=-1)


def cosine_distance_matrix(x: Tensor) -> Tensor:
    """Cosine distance of every pair of rows, (B, D) to (B, B)."""
    directions = _directions(x)
    return 1 - directions @ directions.T


def reduce_terms(terms: Tensor, count: Tensor, reduction: str) -> Tensor:
    """Sum of ``terms``, any shape, or for ``'mean'`` that sum over ``count``, 0-d; 0 where there is no term."""
    total = terms.sum()
    return total if reduction == 'sum' else total / count.clamp(min=1)
