"""Fuse the streams: predictions (late fusion, Sec. 4.2) or features (early fusion)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from mmacl.utils import InputError


def check_fusion_weights(modalities: Sequence[str], weights: Mapping[str, float] | None) -> dict[str, float]:
    """Return a weight for each modality, in the order of ``modalities``.

    Args:
        modalities: names of the streams.
        weights: weight of each modality; None: 1 for all.

    Raises:
        InputError: a modality has no weight, a weight belongs to no modality, is negative or not finite, or all are 0.
    """
    if weights is None:
        return dict.fromkeys(modalities, 1.0)
    for name in modalities:
        if name not in weights:
            raise InputError(
                f'fusion_weights={dict(weights)} has no weight for modality {name!r}', remedy=f'add {name}=1.0'
            )
    for name, weight in weights.items():
        if name not in modalities:
            raise InputError(
                f'fusion_weights: {name!r} is not a modality of in_channels ({", ".join(modalities)})',
                remedy=f'remove {name}',
            )
        if not (math.isfinite(weight) and weight >= 0):
            raise InputError(
                f'fusion_weights: {name}={weight} is not a finite number of at least 0', remedy='1.0 is the default'
            )
    if not any(weights.values()):
        raise InputError(f'fusion_weights={dict(weights)} are all 0', remedy='give one stream a positive weight')
    return {name: float(weights[name]) for name in modalities}


def fuse_streams(streams: Mapping[str, Tensor], weights: Mapping[str, float]) -> Tensor:
    """Average tensors over streams with weights.

    The paper only says "late fusion". Here A and p are fused, before any softmax.

    Args:
        streams: tensor of each modality, all of one shape.
        weights: weight of each modality.

    Returns:
        A tensor of the same shape.
    """
    total = sum(weights[name] for name in streams)
    return torch.stack([x * (weights[name] / total) for name, x in streams.items()]).sum(dim=0)


def concatenate_streams(features: Mapping[str, Tensor]) -> Tensor:
    """Put the features of all modalities side by side (early fusion), (B, T, D) each to (B, T, sum of D)."""
    return torch.cat(list(features.values()), dim=-1)
