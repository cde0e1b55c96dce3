"""Marginalized average aggregation (Yuan et al., MAAN, ICLR 2019)."""

from __future__ import annotations

import functools
import math

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mmacl.models.host_copy import to_device
from mmacl.models.precision import full_precision


@full_precision
def marginalized_weights(probabilities: Tensor, mask: Tensor) -> Tensor:
    """Compute the weight of each snippet in the expected mean of a random subset, ``lambda`` of MAAN.

    Each snippet is in the subset with its own probability, ``z_t ~ Bernoulli(p_t)``. The expectation of
    ``sum z_t x_t / sum z_t``, 0 of the empty subset, is ``sum lambda_t x_t`` with
    ``lambda_t = p_t E[1 / (1 + N_t)]``, where ``N_t`` counts the other snippets of the subset. The paper computes it by
    recursion over snippets and counts. Here ``E[1 / (1 + N_t)]`` is the integral over u in [0, 1] of ``E[u ^ N_t]``,
    the product of ``1 - p_j + p_j u`` over all other snippets j: a polynomial, which Gauss-Legendre quadrature
    integrates to the last digit. Every snippet is computed at once, and no term is negative, so nothing cancels.

    Args:
        probabilities: ``p``, (B, T), in [0, 1].
        mask: (B, T), True for real snippets.

    Returns:
        (B, T), 0 at padding; the sum of a video is the probability of a subset that is not empty.
    """
    p = probabilities.masked_fill(~mask, 0)
    nodes, weights = (to_device(torch.from_numpy(x).to(p.dtype), p.device) for x in _quadrature(mask.shape[1]))
    logs = torch.log1p(-p.unsqueeze(-1) * (1 - nodes))  # of the factors, (B, T, nodes); a node is never 0
    others = (logs.sum(dim=1, keepdim=True) - logs).exp()
    return p * (others @ weights)


@functools.lru_cache(maxsize=64)
def _quadrature(length: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return nodes and weights on [0, 1] that integrate the product of ``length`` factors.

    ``length / 2`` nodes are exact. The Chebyshev coefficients of the product fall like ``exp(-n ^ 2 / length)`` or
    faster, so that a multiple of the root of the length reaches float64 precision.
    """
    count = min((length + 1) // 2, 8 + math.ceil(3.5 * math.sqrt(length)))
    nodes, weights = np.polynomial.legendre.leggauss(count)
    return (nodes + 1) / 2, weights / 2
