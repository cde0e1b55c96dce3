"""Features that a program holds in memory, or names by their files."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from mmacl.datasets.stores.csv_folder_store import CsvFolderStore
from mmacl.datasets.stores.feature_checks import check_finite, check_shape
from mmacl.datasets.stores.feature_store import Features, FeatureStore, MissingFeaturesError
from mmacl.datasets.stores.npy_folder_store import NpyFolderStore
from mmacl.datasets.stores.npz_store import NpzStore
from mmacl.utils import InputError

FeatureInput: TypeAlias = ArrayLike | str | os.PathLike[str]
"""An array (T, D), or the path of a file that holds one."""


class ArrayStore(FeatureStore):
    """Serve arrays from memory.

    Args:
        videos: features by name of the video and by modality, (T, D) each; a path is read with
            :func:`read_feature_file`.

    Raises:
        InputError: something is not an array of real numbers, or a file cannot be read.
    """

    layouts = ('in memory: {video: {modality: (T, D)}}',)

    def __init__(self, videos: Mapping[str, Mapping[str, FeatureInput]]) -> None:
        self._videos = {
            video: {modality: self._to_array(features, video, modality) for modality, features in streams.items()}
            for video, streams in videos.items()
        }

    def load(self, video: str, modality: str) -> Features:
        """Features of a video, (T, D), finite.

        Raises:
            MissingFeaturesError: there are none.
            InputError: they are not (T, D), or not finite.
        """
        self.shape(video, modality)
        features = self._videos[video][modality]
        check_finite(features, self.describe(video, modality))
        return features

    def shape(self, video: str, modality: str) -> tuple[int, int]:
        """T and D.

        Raises:
            MissingFeaturesError: there are none.
            InputError: they are not (T, D).
        """
        if modality not in self._videos.get(video, {}):
            given = ', '.join(self._videos.get(video, {})) or 'nothing'
            raise MissingFeaturesError(
                f'not among what was given ({given})', file=self.describe(video, modality), remedy='give every modality'
            )
        return check_shape(self._videos[video][modality].shape, self.describe(video, modality))

    def list_videos(self, modality: str) -> tuple[str, ...]:
        """Names of the videos that have a modality, in alphabetical order."""
        return tuple(sorted(video for video, streams in self._videos.items() if modality in streams))

    def _to_array(self, features: FeatureInput, video: str, modality: str) -> Features:
        """Half and single precision as they are, other numbers as single precision."""
        if isinstance(features, str | os.PathLike):
            return read_feature_file(features, modality)
        try:
            array = np.asarray(features)
            if array.dtype in (np.float16, np.float32):
                return array
            return array.astype(np.float32, casting='same_kind' if array.dtype.kind in 'fiub' else 'safe')
        except (TypeError, ValueError, RuntimeError) as error:
            reason = ' '.join(str(error).split())
            raise InputError(
                f'not an array of numbers ({reason:.120})',
                file=self.describe(video, modality),
                remedy='give a NumPy array (T, D), or what numpy.asarray takes',
            ) from error


_READERS = {'.npy': NpyFolderStore, '.npz': NpzStore, '.csv': CsvFolderStore}


def read_feature_file(
    path: str | os.PathLike[str], modality: str, slices: Mapping[str, Sequence[int]] | None = None
) -> Features:
    """Read the features of one video from a ``.npy``, ``.npz`` or ``.csv`` file, (T, D), finite.

    Args:
        path: the file; a ``.npz`` file holds an array for each modality under its name.
        modality: which features.
        slices: columns of each modality, where the array holds several side by side; None: all columns.

    Raises:
        InputError: there is no such file, or it holds no such array.
    """
    file = Path(path)
    reader = _READERS.get(file.suffix.lower())
    if reader is None:
        raise InputError(
            f'ending {file.suffix!r} is not that of a feature file',
            file=path,
            remedy=f'give a file that ends in {", ".join(_READERS)}, a folder, or an array',
        )
    if not file.is_file():
        raise InputError('no such file', file=path, remedy='correct the path')
    options = {'slices': slices} if slices and reader is not NpzStore else {}
    return reader(file.parent, ('{video}' + file.suffix,), **options).load(file.stem, modality)
