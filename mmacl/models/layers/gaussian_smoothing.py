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
        values: (B, T) or (B, T, C), finite at padding too.
        mask: (B, T), True for real snippets.
        sigma: standard deviation in snippets; snippets further away than three of it have no weight. 0: no smoothing.

    Returns:
        The shape of ``values``, 0 at padding.
    """
    if values.ndim == 2:
        return _smooth(values.unsqueeze(-1), mask, sigma).squeeze(-1)
    return _smooth(values, mask, sigma)


def _smooth(values: Tensor, mask: Tensor, sigma: float) -> Tensor:
    """Smooth (B, T, C) values."""
    real = mask.unsqueeze(-1)
    values = values.masked_fill(~real, 0)
    reach = math.ceil(3 * sigma)
    if not reach:
        return values
    distance = torch.arange(-reach, reach + 1, device=values.device, dtype=values.dtype)
    kernel = (-0.5 * (distance / sigma).square()).exp()[None, None]
    columns = torch.cat([values, real.to(values.dtype)], dim=-1).transpose(1, 2)  # (B, C + 1, T)
    sums = F.conv1d(columns.flatten(0, 1).unsqueeze(1), kernel, padding=reach).view_as(columns).transpose(1, 2)
    return (sums[..., :-1] / sums[..., -1:].masked_fill(~real, 1)).masked_fill(~real, 0)
