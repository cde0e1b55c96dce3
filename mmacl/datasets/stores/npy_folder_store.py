"""A folder with one ``.npy`` file per video and modality."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from mmacl.datasets.stores.channel_slices import ChannelSlices
from mmacl.datasets.stores.feature_store import Features
from mmacl.datasets.stores.npy_file import read_npy_features, read_npy_shape
from mmacl.datasets.stores.video_file_store import VideoFileStore
from mmacl.registry import FEATURE_STORES


@FEATURE_STORES.register_module()
class NpyFolderStore(VideoFileStore):
    """Read ``<root>/features/rgb/<video>.npy`` and its like.

    Args:
        root: the folder.
        templates: where a file may be below ``root``, see :class:`VideoFileStore`.
        subset: the names to put in for ``{subset}``, see :class:`VideoFileStore`.
        slices: columns of each modality, where one file holds several side by side (ActionFormer, OpenTAD), such as
            ``dict(rgb=(0, 1024), flow=(1024, 2048))``; None: all columns.
    """

    def __init__(
        self,
        root: str | os.PathLike[str],
        templates: Sequence[str] = ('features/{modality}/{video}.npy', 'features/{subset}/{modality}/{video}.npy'),
        subset: str | Sequence[str] | None = None,
        slices: Mapping[str, Sequence[int]] | None = None,
    ) -> None:
        super().__init__(root, templates, subset)
        self._slices = ChannelSlices(slices)

    def load(self, video: str, modality: str) -> Features:
        """Features of a video, (T, D), float16 as stored or else float32, finite.

        Raises:
            MissingFeaturesError: no template leads to a file.
            InputError: the file is empty, truncated, no (T, D) array of floats, or holds NaN or infinity.
        """
        path = self.find(video, modality)
        return self._slices.take(path, modality, path, lambda: read_npy_features(path))

    def shape(self, video: str, modality: str) -> tuple[int, int]:
        """T and D, from the header of the file.

        Raises:
            MissingFeaturesError: no template leads to a file.
            InputError: the file is empty, truncated, or no (T, D) array of floats.
        """
        path = self.find(video, modality)
        return self._slices.shape(read_npy_shape(path), modality, path)
