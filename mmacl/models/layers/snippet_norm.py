"""Norm layers of mmcv over the snippets of padded videos."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mmcv.cnn import build_norm_layer
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from mmacl.models.checks import with_known_type
from mmacl.models.precision import full_precision
from mmacl.utils import InputError

_OF_IMAGES = (nn.BatchNorm2d, nn.BatchNorm3d, nn.InstanceNorm2d, nn.InstanceNorm3d)


def build_snippet_norm(norm_cfg: Mapping[str, Any], num_features: int) -> tuple[str, nn.Module]:
    """Build a norm layer with :func:`mmcv.cnn.build_norm_layer`; apply it with :func:`normalize_snippets`.

    Args:
        norm_cfg: ``type`` and arguments, such as ``dict(type='BN1d')``, ``dict(type='LN')`` or
            ``dict(type='GN', num_groups=32)``; ``requires_grad=False`` freezes it.
        num_features: channels of a snippet.

    Returns:
        The name that mmcv gives the layer (``bn``, ``ln``, ``gn``, ``in``), and the layer.

    Raises:
        InputError: the type is not registered or normalises images, an argument is wrong, or it is an instance norm
            with running statistics.
    """
    config = with_known_type('norm_cfg', norm_cfg)
    try:
        name, norm = build_norm_layer(config, num_features)
    except (AssertionError, TypeError, ValueError) as error:
        reason = str(error) or 'num_groups is missing'
        raise InputError(f'norm_cfg={dict(norm_cfg)} does not fit {num_features} channels: {reason}') from error
    if isinstance(norm, _OF_IMAGES):
        kind = 'BN1d' if 'Batch' in type(norm).__name__ else 'IN1d'
        raise InputError(f'norm_cfg.type={norm_cfg["type"]!r} normalises images or clips', remedy=f'use {kind!r}')
    if isinstance(norm, nn.InstanceNorm1d) and norm.track_running_stats:
        raise InputError(
            'norm_cfg.track_running_stats=True would mix statistics of videos', remedy="leave it out, or use 'BN1d'"
        )
    return name, norm


def normalize_snippets(norm: nn.Module, x: Tensor, mask: Tensor) -> Tensor:
    """Apply a norm layer to the real snippets of a batch; padding is not seen.

    Group and instance norms take their statistics over the snippets of each video, as :mod:`torch.nn` does without
    padding. Any other layer gets the real snippets of the batch as rows (N, C): a batch norm takes its statistics over
    all of them, a layer norm over the channels of each.

    Args:
        norm: of :func:`build_snippet_norm`.
        x: (B, T, C).
        mask: (B, T), True for real snippets.

    Returns:
        (B, T, C), finite but meaningless at padding.

    Raises:
        InputError: a batch norm that trains gets a single snippet.
    """
    if isinstance(norm, nn.GroupNorm):
        return _normalize_over_time(x, mask, norm.num_groups, norm.weight, norm.bias, norm.eps)
    if isinstance(norm, nn.InstanceNorm1d):
        return _normalize_over_time(x, mask, norm.num_features, norm.weight, norm.bias, norm.eps)
    rows = x[mask]
    if norm.training and isinstance(norm, _BatchNorm) and len(rows) == 1:
        raise InputError('a batch norm got a batch of one snippet', remedy="train on larger batches, or use type='LN'")
    rows = norm(rows)
    result = rows.new_zeros(x.shape)
    result[mask] = rows
    return result


@full_precision
def _normalize_over_time(
    x: Tensor, mask: Tensor, num_groups: int, weight: Tensor | None, bias: Tensor | None, eps: float
) -> Tensor:
    """Zero mean and unit variance over the real snippets and the channels of each group, video by video."""
    real = mask[:, :, None, None]
    grouped = x.unflatten(-1, (num_groups, -1)) * real  # (B, T, G, C / G)
    count = (mask.sum(dim=1) * grouped.shape[-1]).clamp(min=1)[:, None, None, None]
    centred = (grouped - grouped.sum(dim=(1, 3), keepdim=True) / count) * real
    variance = centred.square().sum(dim=(1, 3), keepdim=True) / count
    normal = (centred * (variance + eps).rsqrt()).flatten(-2)
    if weight is not None:
        normal = normal * weight
    return normal if bias is None else normal + bias
