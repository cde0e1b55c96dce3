"""Fuse the streams: predictions (late fusion, Sec. 4.2) or features (early fusion)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from mmacl.models.precision import widened
from mmacl.structures import SnippetPrediction
from mmacl.utils import InputError


class StreamPrediction(NamedTuple):
    """What the network of one stream predicts alone.

    Attributes:
        class_map: score of each snippet for each cluster, (B, T, C).
        video_scores: normalised score of each video for each cluster, (B, C).
        actionness: score of each snippet for any action, (B, T); None: the method has none.
    """

    class_map: Tensor
    video_scores: Tensor
    actionness: Tensor | None = None


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


def fuse_predictions(streams: Mapping[str, StreamPrediction], weights: Mapping[str, float]) -> SnippetPrediction:
    """Average the predictions of networks that were trained apart, one for each stream (late fusion).

    Args:
        streams: prediction of each modality; all have actionness, or none has.
        weights: weight of each modality.
    """
    wide = {name: StreamPrediction(*map(widened, prediction)) for name, prediction in streams.items()}
    actionness = {name: prediction.actionness for name, prediction in wide.items() if prediction.actionness is not None}
    return SnippetPrediction(
        class_map=fuse_streams({name: prediction.class_map for name, prediction in wide.items()}, weights),
        video_scores=fuse_streams({name: prediction.video_scores for name, prediction in wide.items()}, weights),
        actionness=fuse_streams(actionness, weights) if actionness else None,
        streams={name: (prediction.class_map, prediction.video_scores) for name, prediction in wide.items()},
    )
