"""What the losses share: cosine distance that is safe at zero, and the reduction of terms."""

from __future__ import annotations

import torch
from torch import Tensor

#: A vector shorter than this counts as zero.
EPS = 1e-8

#: ``'sum'`` as in the paper's equations, or ``'mean'`` over the terms.
REDUCTIONS = ('sum', 'mean')


def directions(x: Tensor) -> Tensor:
    """Normalise along the last dimension; a zero vector stays 0 and gets no gradient.

    Dividing by a clamped norm instead would give a zero vector a gradient of 1 / eps.
    """
    # Not `> EPS`: NaN must stay NaN, so that divergence shows.
    has_direction = ~(torch.linalg.vector_norm(x.detach(), dim=-1, keepdim=True) <= EPS)
    x = torch.where(has_direction, x, torch.zeros_like(x))
    norm = torch.linalg.vector_norm(x, dim=-1, keepdim=True)
    return x / torch.where(has_direction, norm, torch.ones_like(norm))


def cosine_distance(x: Tensor, y: Tensor) -> Tensor:
    """Compute ``d(x, y) = 1 - cos(x, y)`` (Sec. 3.5) of each row.

    Args:
        x: (B, D).
        y: (B, D).

    Returns:
        (B,) in [0, 2]; 1 where a row is zero.
    """
    return 1 - (directions(x) * directions(y)).sum(dim=-1)


def cosine_distance_matrix(x: Tensor, y: Tensor | None = None) -> Tensor:
    """Compute the cosine distance of every row of x to every row of y.

    Args:
        x: (B, D).
        y: (N, D); None: x itself.

    Returns:
        (B, N) in [0, 2]; 1 where a row is zero.
    """
    rows = directions(x)
    return 1 - rows @ (rows if y is None else directions(y)).T


def reduce_terms(terms: Tensor, count: Tensor, reduction: str) -> Tensor:
    """Reduce the terms of a loss to one number, 0-d.

    Args:
        terms: any shape.
        count: number of terms, 0-d.
        reduction: ``'sum'``, or ``'mean'`` for the sum over ``count``; both are 0 without a term.
    """
    total = terms.sum()
    return total if reduction == 'sum' else total / count.clamp(min=1)
