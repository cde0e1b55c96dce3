"""Smooth scores of snippets over time."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from mmacl.models.precision import full_precision


@full_precision
def smooth_over_time(values: Tensor, mask: Tensor, sigma: float) -> Tensor:
    """Smooth with a Gaussian whose weights sum to one over the real snippets in reach, so that ends do not fade.

    Args:
        values: (B, T), finite at padding too.
        mask: (B, T), True for real snippets.
        sigma: standard deviation in snippets; snippets further away than three of it have no weight. 0: no smoothing.

    Returns:
        (B, T), 0 at padding.
    """
    values = values.masked_fill(~mask, 0)
    reach = math.ceil(3 * sigma)
    if not reach:
        return values
    distance = torch.arange(-reach, reach + 1, device=values.device, dtype=values.dtype)
    kernel = (-0.5 * (distance / sigma).square()).exp()[None, None]
    rows = torch.stack([values, mask.to(values.dtype)], dim=1).flatten(0, 1).unsqueeze(1)  # (2 B, 1, T)
    sums, weights = F.conv1d(rows, kernel, padding=reach).squeeze(1).unflatten(0, (-1, 2)).unbind(1)
    return (sums / weights.masked_fill(~mask, 1)).masked_fill(~mask, 0)
