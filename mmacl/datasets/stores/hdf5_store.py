"""One HDF5 file with a dataset for each video."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from mmacl.datasets.stores.channel_slices import ChannelSlices
from mmacl.datasets.stores.feature_store import Features, FeatureStore
from mmacl.datasets.stores.missing_features_error import MissingFeaturesError
from mmacl.datasets.stores.path_template import PathTemplate
from mmacl.datasets.stores.plain_features import as_features, check_claim
from mmacl.registry import FEATURE_STORES
from mmacl.utils import InputError


@FEATURE_STORES.register_module()
class HDF5Store(FeatureStore):
    """Read ``<root>/features.h5``; needs h5py, which comes with ``pip install -e '.[optional]'``.

    Args:
        root: the folder.
        file: the HDF5 file, below ``root``.
        template: the dataset of a video, such as ``{modality}/{video}``, ``{video}`` or ``{video}/c3d_features``.
        slices: columns of each modality, where one dataset holds several side by side; None: all columns.
        subset: what stands for ``{subset}`` in the template; only one name.
    """

    def __init__(
        self,
        root: str | os.PathLike[str],
        file: str = 'features.h5',
        template: str = '{modality}/{video}',
        slices: Mapping[str, Sequence[int]] | None = None,
        subset: str | Sequence[str] | None = None,
    ) -> None:
        self.path = os.path.join(os.fspath(root), file)
        self.template = PathTemplate(template)
        self.layouts = (f'{self.path}: {template}',)
        self._slices = ChannelSlices(slices)
        self._subset = subset if isinstance(subset, str) else subset[0] if subset else ''
        self._opened: dict[int, Any] = {}
        self._lock = threading.Lock()

    def load(self, video: str, modality: str) -> Features:
        """Features of a video, (T, D).

        Raises:
            MissingFeaturesError: there is no such file, or no such dataset in it.
            InputError: h5py is not installed; the file is damaged; the dataset is no finite (T, D) array of floats, or
                refers to another file.
        """
        source = self.describe(video, modality)
        self.shape(video, modality)
        dataset = self._dataset(video, modality)
        columns = slice(*self._slices.slices[modality]) if self._slices.slices else slice(None)
        try:
            return as_features(np.asarray(dataset[:, columns]), source)
        except OSError as error:
            raise InputError(
                f'{source}: cannot be read ({error!s:.100}); copy or extract it again', 'damaged file'
            ) from error

    def shape(self, video: str, modality: str) -> tuple[int, int]:
        """T and D, without reading the features."""
        dataset, source = self._dataset(video, modality), self.describe(video, modality)
        return self._slices.shape(check_claim(dataset.shape, dataset.dtype, source), modality, source)

    def list_videos(self, modality: str) -> tuple[str, ...]:
        """Names of all videos with such a dataset; none where there is no file."""
        if not os.path.isfile(self.path) or not self._slices.has(modality):
            return ()
        prefix = self.template.text.split('{video}')[0]
        group: Any = self._file()
        folder = PathTemplate(prefix + '{video}').fill(modality=modality, subset=self._subset, video='').rpartition('/')
        if folder[0]:
            group = group.get(folder[0])
        names = (self.template.video_of('/'.join(filter(None, (folder[0], name)))) or name for name in group or ())
        return tuple(sorted(name for name in names if self._find(name, modality) is not None))

    def describe(self, video: str, modality: str) -> str:
        """The file and the dataset in it."""
        return f'{self.path}: {self._key(video, modality)}'

    def _key(self, video: str, modality: str) -> str:
        return self.template.fill(modality=modality, video=video, subset=self._subset)

    def _find(self, video: str, modality: str) -> Any:
        """The dataset, or None."""
        import h5py

        found = self._file()
        for part in self._key(video, modality).split('/'):
            link = found.get(part, getlink=True) if isinstance(found, h5py.Group) else None
            if isinstance(link, h5py.ExternalLink):
                raise InputError(f'{self.describe(video, modality)}: a link to another file; copy the features here')
            found = found.get(part) if link is not None else None
        return found if isinstance(found, h5py.Dataset) else None

    def _dataset(self, video: str, modality: str) -> Any:
        if not os.path.isfile(self.path):
            raise MissingFeaturesError.describe([self.path], self.layouts)
        found = self._find(video, modality)
        if found is None:
            raise MissingFeaturesError.describe([self.describe(video, modality)], self.layouts)
        if found.is_virtual or found.external:
            raise InputError(f'{self.describe(video, modality)}: its values are in another file; copy them here')
        return found

    def _file(self) -> Any:
        """The file, opened once in each process."""
        try:
            import h5py
        except ImportError as error:
            raise InputError(
                f"{self.path}: reading HDF5 needs h5py; install it with pip install -e '.[optional]'"
            ) from error
        with self._lock:
            if os.getpid() not in self._opened:
                try:
                    self._opened = {os.getpid(): h5py.File(self.path, 'r')}
                except OSError as error:
                    raise InputError(
                        f'{self.path}: not an HDF5 file, or truncated ({error!s:.100}); copy it again', 'damaged file'
                    ) from error
            return self._opened[os.getpid()]

    def __getstate__(self) -> dict[str, object]:
        return {**self.__dict__, '_opened': {}, '_lock': None}

    def __setstate__(self, state: dict[str, object]) -> None:
        self.__dict__.update(state)
        self._lock = threading.Lock()
