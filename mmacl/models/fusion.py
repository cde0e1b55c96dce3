"""Late fusion of the streams (Sec. 4.2)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from mmacl.utils import InputError


def check_fusion_weights(modalities: Sequence[str], weights: Mapping[str, float] | None) -> dict[str, float]:
    """A weight for each modality; 1 for all where ``weights`` is None.

    Raises:
        InputError: a modality has no weight, a weight no modality, one is negative or not finite, or all are 0.
    """
    if weights is None:
        return dict.fromkeys(modalities, 1.0)
    for name in modalities:
        if name not in weights:
            raise InputError(f'fusion_weights={dict(weights)} has none for modality {name!r}', remedy=f'add {name}=1.0')
    for name, weight in weights.items():
        if name not in modalities:
            raise InputError(f'fusion_weights: {name!r} is not a modality of in_channels ({", ".join(modalities)})')
        if not (math.isfinite(weight) and weight >= 0):
            raise InputError(f'fusion_weights: {name}={weight} is not a number of at least 0')
    if not any(weights.values()):
        raise InputError(f'fusion_weights={dict(weights)} are all 0', remedy='at least one stream must count')
    return {name: float(weights[name]) for name in modalities}


def fuse_streams(streams: Mapping[str, Tensor], weights: Mapping[str, float]) -> Tensor:
    """Weighted mean over streams.

    The paper says "late fusion" and no more. Fused are A and p, before any softmax.

    Args:
        streams: tensors of one shape, by modality.
        weights: by modality.

    Returns:
        That shape.
    """
    total = sum(weights[name] for name in streams)
    return torch.stack([x * (weights[name] / total) for name, x in streams.items()]).sum(dim=0)
