"""One ``.npy`` file with the features of all videos, the layout of the W-TALC family."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmacl.datasets.stores.channel_slices import ChannelSlices
from mmacl.datasets.stores.feature_checks import as_features, check_claim
from mmacl.datasets.stores.feature_store import Features, FeatureStore, Instead, MissingFeaturesError
from mmacl.datasets.stores.folder_contents import look_into
from mmacl.datasets.untrusted.restricted_pickle import read_names, read_object_array
from mmacl.registry import FEATURE_STORES
from mmacl.utils import InputError


@FEATURE_STORES.register_module()
class JointNpyStore(FeatureStore):
    """Read ``<root>/*-I3D-JOINTFeatures.npy``, an object array of (T, 2048) in the order of ``videoname.npy``.

    The file is memory-mapped: a video is read on request. Its pickle goes through the restricted unpickler.

    Args:
        root: the folder.
        file: the features, below ``root``.
        names: the names of the videos, below ``root``, an array of bytes or strings.
        slices: columns of each modality; None: all columns belong to any modality.
        subset: not used; all videos are in one file.
    """

    def __init__(
        self,
        root: str | os.PathLike[str],
        file: str = 'Thumos14reduced-I3D-JOINTFeatures.npy',
        names: str = 'videoname.npy',
        slices: Mapping[str, Sequence[int]] | None = None,
        subset: str | Sequence[str] | None = None,
    ) -> None:
        self.path = os.path.join(os.fspath(root), file)
        self.names_path = os.path.join(os.fspath(root), names)
        self.layouts = (self.path, self.names_path)
        self._slices = ChannelSlices(slices or dict(rgb=(0, 1024), flow=(1024, 2048)))
        self._arrays: dict[str, NDArray[np.generic]] | None = None
        self._lock = threading.Lock()

    def load(self, video: str, modality: str) -> Features:
        """Features of a video, (T, D).

        Raises:
            MissingFeaturesError: there is no such file, or no such video in it.
            InputError: the file is damaged or holds more than arrays; the array is no finite (T, D) array of floats.
        """
        self.shape(video, modality)
        source = self.describe(video, modality)
        array: Any = self._all()[video]
        try:
            return self._slices.take(video, modality, source, lambda: as_features(array, source))
        except InputError:  # the fault may be in another part
            return as_features(self._slices.cut(array, modality, source), source)

    def shape(self, video: str, modality: str) -> tuple[int, int]:
        """T and D; the file is opened, the features are not read."""
        arrays, source = self._all(), self.describe(video, modality)
        if video not in arrays:
            raise MissingFeaturesError.describe([source], self.layouts)
        return self._slices.shape(check_claim(arrays[video].shape, arrays[video].dtype, source), modality, source)

    def list_videos(self, modality: str) -> tuple[str, ...]:
        """Names of all videos; none where there is no file."""
        there = os.path.isfile(self.path) and os.path.isfile(self.names_path)
        return tuple(sorted(self._all())) if there and self._slices.has(modality) else ()

    def describe(self, video: str, modality: str) -> str:
        """The file and the video in it."""
        return f'{self.path}: {modality} of {video!r}'

    def look_around(self, modality: str) -> tuple[Instead, ...]:
        """What the folder holds instead."""
        return () if os.path.isfile(self.path) else look_into(os.path.dirname(self.path), (), modality)

    def source_files(self, video: str, modality: str) -> tuple[str, ...]:
        """The paths of the features and of the names."""
        self.shape(video, modality)
        return self.path, self.names_path

    def _all(self) -> dict[str, NDArray[np.generic]]:
        """Arrays by the name of the video, opened once in each process."""
        with self._lock:
            if self._arrays is None:
                absent = [path for path in self.layouts if not os.path.isfile(path)]
                if absent:
                    raise MissingFeaturesError.describe(absent, self.layouts)
                names = read_names(self.names_path)
                joint = read_object_array(self.path)
                values = list(joint) if joint.dtype.hasobject or joint.ndim == 3 else []
                if len(values) != len(names) or len(set(names)) < len(names):
                    raise InputError(
                        f'{len(values)} videos, but {self.names_path} has {len(set(names))} different names in '
                        f'{len(names)}',
                        file=self.path,
                        remedy='use the two files of one release',
                    )
                if not all(isinstance(value, np.ndarray) for value in values):
                    raise InputError(
                        'holds other things than arrays', file=self.path, remedy='save one (T, D) array a video'
                    )
                self._arrays = dict(zip(names, values, strict=True))
            return self._arrays

    def __getstate__(self) -> dict[str, object]:
        return {**self.__dict__, '_arrays': None, '_lock': None}

    def __setstate__(self, state: dict[str, object]) -> None:
        self.__dict__.update(state)
        self._lock = threading.Lock()
