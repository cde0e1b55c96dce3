"""How the terms of a loss become one number."""

from __future__ import annotations

from torch import Tensor

#: ``'sum'`` as in the paper's equations, or ``'mean'`` over the terms.
REDUCTIONS = ('sum', 'mean')


def reduce_terms(terms: Tensor, count: Tensor, reduction: str) -> Tensor:
    """Sum of ``terms``, any shape, or for ``'mean'`` that sum over ``count``, 0-d; 0 where there is no term."""
    total = terms.sum()
    return total if reduction == 'sum' else total / count.clamp(min=1)
