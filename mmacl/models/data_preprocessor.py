"""Pad a list of videos to one batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from mmengine.model import BaseDataPreprocessor
from numpy.typing import NDArray
from torch import Tensor

from mmacl.models.host_copy import mask_of, to_device
from mmacl.registry import MODELS
from mmacl.structures.feature_table import FeatureTable, SnippetRows
from mmacl.utils import InputError


@MODELS.register_module()
class SnippetDataPreprocessor(BaseDataPreprocessor):
    """Pad a batch with zeros, build the mask of real snippets, widen half precision, move to the device.

    Features are copied to the device in their stored type and widened there; the host does not wait for a GPU. Labels
    stay where they are; the model moves those that it needs.

    Args:
        non_blocking: kept for earlier configs; it changes nothing.

    Attributes:
        table: features of the training videos; the engine sets it. None: a batch brings its features.
    """

    def __init__(self, non_blocking: bool = False) -> None:
        super().__init__(non_blocking)
        self.table: FeatureTable | None = None

    def forward(self, data: Mapping[str, Any], training: bool = False) -> dict[str, Any]:
        """Build one batch for the model.

        Args:
            data: ``inputs`` and, optionally, ``data_samples``, a list of B. ``inputs`` is a list of B tensors (T_i, D)
                for each modality, as ``pseudo_collate`` gives it, or a list of B dicts of such tensors by modality; or
                rows of the table, (T_i,), in the place of tensors.
            training: not used.

        Returns:
            ``inputs`` by modality, (B, T, D) float32 (float64 stays float64); ``mask`` (B, T) bool, True for real
            snippets; ``data_samples`` unchanged.

        Raises:
            InputError: a video is not (T, D) with T >= 1, its modalities differ in T, or videos differ in D.
        """
        samples = data.get('data_samples')
        videos = _by_modality(data['inputs'])
        first = next(iter(videos.values()))
        if self.table is not None and isinstance(first[0], SnippetRows):  # all streams have the same rows
            lengths = np.array([len(rows) for rows in first])
            inputs = self._gather(self.table, first)
        else:
            features = {modality: [torch.as_tensor(video) for video in stream] for modality, stream in videos.items()}
            lengths = np.array(_lengths(features, samples))
            if self.device.type == 'cuda':
                inputs = self._gather(*self._pack(features, lengths))
            else:
                inputs = {modality: self._pad(stream, int(lengths.max())) for modality, stream in features.items()}
        mask = mask_of(lengths, int(lengths.max()), self.device)
        return {'inputs': inputs, 'mask': mask, 'data_samples': samples}

    def _pad(self, videos: list[Tensor], num_snippets: int) -> Tensor:
        """(T_i, D) tensors to one (B, T, D) tensor on the device."""
        dtype = torch.float64 if videos[0].dtype == torch.float64 else torch.float32
        padded = torch.zeros(len(videos), num_snippets, videos[0].shape[1], dtype=dtype, device=self.device)
        for row, video in zip(padded, videos, strict=True):
            row[: len(video)].copy_(video)
        return padded

    def _pack(
        self, features: dict[str, list[Tensor]], lengths: NDArray[np.int64]
    ) -> tuple[FeatureTable, list[NDArray[np.int64]]]:
        """Copy a batch to the device without its padding, a copy for each stream; return it and the rows of videos."""
        streams = {
            modality: to_device(torch.cat([videos[0].new_zeros(1, videos[0].shape[1]), *videos]), self.device)
            for modality, videos in features.items()
        }
        rows = np.split(np.arange(1, 1 + lengths.sum()), np.cumsum(lengths)[:-1])
        return FeatureTable(streams, np.array([video[0] for video in rows])), rows

    def _gather(self, table: FeatureTable, rows: Sequence[NDArray[np.int64]]) -> dict[str, Tensor]:
        """Rows of a table, (T_i,) of each video, to (B, T, D) by modality: float64 as it is, all else float32."""
        padded = np.zeros((len(rows), max(map(len, rows))), dtype=np.int64)  # row 0 holds zeros
        for line, video in zip(padded, rows, strict=True):
            line[: len(video)] = video
        gathered = table.gather(to_device(torch.from_numpy(padded), self.device))
        return {modality: x if x.dtype == torch.float64 else x.float() for modality, x in gathered.items()}


def _by_modality(inputs: Mapping[str, Sequence[Any]] | Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Convert either form of a batch to lists of videos by modality."""
    if not isinstance(inputs, Mapping):
        inputs = {modality: [video[modality] for video in inputs] for modality in inputs[0]}
    return {modality: list(videos) for modality, videos in inputs.items()}


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
