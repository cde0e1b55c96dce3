"""A folder with one ``.npz`` file per video."""

from __future__ import annotations

import os
import zipfile
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.lib import format as npy_format

from mmacl.datasets.stores.feature_store import Features, FeatureStore
from mmacl.datasets.stores.missing_features_error import MissingFeaturesError
from mmacl.datasets.stores.npy_folder_store import NpyFolderStore
from mmacl.datasets.stores.plain_features import as_features, check_claim
from mmacl.registry import FEATURE_STORES
from mmacl.utils import InputError

_FAULTS = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError)


@FEATURE_STORES.register_module()
class NpzStore(FeatureStore):
    """Read ``<root>/features/<video>.npz``, which holds an array for each modality under its name.

    Args:
        root: the folder.
        templates: where a file may lie below ``root``; see :class:`NpyFolderStore`.
        subset: what stands for ``{subset}``.
    """

    def __init__(
        self,
        root: str | os.PathLike[str],
        templates: Sequence[str] = ('features/{video}.npz', 'features/{subset}/{video}.npz'),
        subset: str | Sequence[str] | None = None,
    ) -> None:
        self._files = NpyFolderStore(root, templates, subset)
        self.layouts = self._files.layouts

    def load(self, video: str, modality: str) -> Features:
        """Features of a video, (T, D).

        Raises:
            MissingFeaturesError: there is no such file, or no such array in it.
            InputError: the file is damaged, or the array is no finite (T, D) array of floats.
        """
        self.shape(video, modality)
        path = self._files.find(video, modality)
        try:
            with np.load(path, allow_pickle=False) as arrays:
                return as_features(arrays[modality], self.describe(video, modality))
        except InputError:
            raise
        except _FAULTS as error:
            raise _damaged(path, error) from error

    def shape(self, video: str, modality: str) -> tuple[int, int]:
        """T and D, from the header of the array."""
        path, member = self._files.find(video, modality), f'{modality}.npy'
        try:
            with zipfile.ZipFile(path) as archive:
                if member not in archive.namelist():
                    raise MissingFeaturesError.describe([self.describe(video, modality)], self.layouts)
                with archive.open(member) as file:
                    version = npy_format.read_magic(file)
                    read: Any = {(1, 0): npy_format.read_array_header_1_0, (2, 0): npy_format.read_array_header_2_0}
                    shape, _, dtype = read[version](file)
            return check_claim(shape, dtype, self.describe(video, modality))
        except InputError:
            raise
        except _FAULTS as error:
            raise _damaged(path, error) from error

    def list_videos(self, modality: str) -> tuple[str, ...]:
        """Names of all videos with such an array."""
        found = []
        for video in self._files.list_videos(modality):
            try:
                with zipfile.ZipFile(self._files.find(video, modality)) as archive:
                    if f'{modality}.npy' in archive.namelist():
                        found.append(video)
            except _FAULTS:
                found.append(video)  # said when it is read
        return tuple(found)

    def describe(self, video: str, modality: str) -> str:
        """The path of the file, and the array in it."""
        return f'{self._files.describe(video, modality)}: {modality}'


def _damaged(path: str, error: Exception) -> InputError:
    return InputError(
        f'{path}: not a .npz file of plain arrays, or truncated ({error!s:.100}); copy it again', 'damaged file'
    )
