"""Pad a list of videos to one batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from mmengine.model import BaseDataPreprocessor
from torch import Tensor

from mmacl.registry import MODELS
from mmacl.utils import InputError


@MODELS.register_module()
class SnippetDataPreprocessor(BaseDataPreprocessor):
    """Pad a batch with zeros, build the mask of real snippets, widen half precision, move to the device.

    Features are copied to the device in their stored type and widened there. Labels stay where they are; the model
    moves those that it needs.

    Args:
        non_blocking: copy to the device asynchronously, for pinned memory.
    """

    def __init__(self, non_blocking: bool = False) -> None:
        super().__init__(non_blocking)

    def forward(self, data: Mapping[str, Any], training: bool = False) -> dict[str, Any]:
        """Build one batch for the model.

        Args:
            data: ``inputs`` and, optionally, ``data_samples``, a list of B. ``inputs`` is a list of B tensors (T_i, D)
                for each modality, as ``pseudo_collate`` gives it, or a list of B dicts of such tensors by modality.
            training: not used.

        Returns:
            ``inputs`` by modality, (B, T, D) float32 (float64 stays float64); ``mask`` (B, T) bool, True for real
            snippets; ``data_samples`` unchanged.

        Raises:
            InputError: a video is not (T, D) with T >= 1, its modalities differ in T, or videos differ in D.
        """
        samples = data.get('data_samples')
        videos = _by_modality(data['inputs'])
        lengths = _lengths(videos, samples)
        inputs = {modality: self._pad(features, max(lengths)) for modality, features in videos.items()}
        steps = torch.arange(max(lengths))
        mask = (steps < torch.tensor(lengths)[:, None]).to(self.device, non_blocking=self._non_blocking)
        return {'inputs': inputs, 'mask': mask, 'data_samples': samples}

    def _pad(self, videos: list[Tensor], num_snippets: int) -> Tensor:
        """(T_i, D) tensors to one (B, T, D) tensor on the device."""
        dtype = torch.float64 if videos[0].dtype == torch.float64 else torch.float32
        padded = torch.zeros(len(videos), num_snippets, videos[0].shape[1], dtype=dtype, device=self.device)
        for row, video in zip(padded, videos, strict=True):
            row[: len(video)].copy_(video.to(self.device, non_blocking=self._non_blocking))
        return padded


def _by_modality(inputs: Mapping[str, Sequence[Any]] | Sequence[Mapping[str, Any]]) -> dict[str, list[Tensor]]:
    """Convert either form of a batch to lists of tensors by modality."""
    if not isinstance(inputs, Mapping):
        inputs = {modality: [video[modality] for video in inputs] for modality in inputs[0]}
    return {modality: [torch.as_tensor(video) for video in videos] for modality, videos in inputs.items()}


def _lengths(videos: dict[str, list[Tensor]], samples: Sequence[Any] | None) -> list[int]:
    """Return T of each video; refuse shapes that differ where they must not."""
    lengths: dict[int, int] = {}
    for modality, features in videos.items():
        for i, video in enumerate(features):
            shape = tuple(video.shape)
            number = f'number {i} of the batch'
            name = samples[i].get('video_name', number) if samples else number
            if len(shape) != 2 or not shape[0] or not shape[1]:
                raise InputError(
                    f'{modality} features of shape {shape} are not (T, D) with T >= 1',
                    video=name,
                    remedy='one row per snippet',
                )
            if shape[1] != features[0].shape[1]:
                raise InputError(
                    f'{modality} features are {shape[1]} wide, others of the batch {features[0].shape[1]}',
                    video=name,
                    remedy='extract all videos with the same network',
                )
            if lengths.setdefault(i, shape[0]) != shape[0]:
                raise InputError(
                    f'{modality} has {shape[0]} snippets, another modality {lengths[i]}',
                    video=name,
                    remedy='align the streams',
                )
    return list(lengths.values())
