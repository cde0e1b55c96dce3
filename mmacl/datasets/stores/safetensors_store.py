"""One safetensors file with a tensor for each video."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from mmacl.datasets.stores.channel_slices import ChannelSlices
from mmacl.datasets.stores.feature_store import Features, FeatureStore
from mmacl.datasets.stores.file_memo import FileMemo
from mmacl.datasets.stores.missing_features_error import MissingFeaturesError
from mmacl.datasets.stores.path_template import PathTemplate
from mmacl.datasets.stores.plain_features import as_features, check_claim
from mmacl.registry import FEATURE_STORES
from mmacl.utils import InputError

_DTYPES = {'F16': 'f2', 'F32': 'f4', 'F64': 'f8'}


@FEATURE_STORES.register_module()
class SafetensorsStore(FeatureStore):
    """Read ``<root>/features.safetensors``; needs safetensors, which comes with ``pip install -e '.[optional]'``.

    Args:
        root: the folder.
        file: the safetensors file, below ``root``.
        template: the tensor of a video, such as ``{modality}/{video}`` or ``{video}``.
        slices: columns of each modality, where one tensor holds several side by side; None: all columns.
        subset: what stands for ``{subset}`` in the template; only one name.
    """

    def __init__(
        self,
        root: str | os.PathLike[str],
        file: str = 'features.safetensors',
        template: str = '{modality}/{video}',
        slices: Mapping[str, Sequence[int]] | None = None,
        subset: str | Sequence[str] | None = None,
    ) -> None:
        self.path = os.path.join(os.fspath(root), file)
        self.template = PathTemplate(template)
        self.layouts = (f'{self.path}: {template}',)
        self._slices = ChannelSlices(slices)
        self._subset = subset if isinstance(subset, str) else subset[0] if subset else ''
        self._memo: FileMemo[tuple[Any, frozenset[str]]] = FileMemo(in_one_process=True)

    def load(self, video: str, modality: str) -> Features:
        """Features of a video, (T, D).

        Raises:
            MissingFeaturesError: there is no such file, or no such tensor in it.
            InputError: safetensors is not installed; the file is damaged; the tensor is no finite (T, D) array of
                floats.
        """
        key, source = self._key(video, modality), self.describe(video, modality)
        return self._slices.take(key, modality, source, lambda: self._read(key, source))

    def shape(self, video: str, modality: str) -> tuple[int, int]:
        """T and D, from the header of the file."""
        key, source = self._key(video, modality), self.describe(video, modality)
        return self._slices.shape(_claim(self._file_with(key, source), key, source), modality, source)

    def list_videos(self, modality: str) -> tuple[str, ...]:
        """Names of all videos with such a tensor; none where there is no file."""
        if not os.path.isfile(self.path) or not self._slices.has(modality):
            return ()
        keys = self._opened()[1]
        names = {self.template.video_of(key) for key in keys}
        return tuple(sorted(name for name in names if name is not None and self._key(name, modality) in keys))

    def describe(self, video: str, modality: str) -> str:
        """The file and the tensor in it."""
        return f'{self.path}: {self._key(video, modality)}'

    def _key(self, video: str, modality: str) -> str:
        return self.template.fill(modality=modality, video=video, subset=self._subset)

    def _read(self, key: str, source: str) -> Features:
        """A tensor, whole."""
        file = self._file_with(key, source)
        _claim(file, key, source)
        return as_features(np.asarray(file.get_tensor(key)), source, own=True)

    def _file_with(self, key: str, source: str) -> Any:
        """The file, if the tensor is in it."""
        file, keys = self._opened()
        if key not in keys:
            raise MissingFeaturesError.describe([source], self.layouts)
        return file

    def _opened(self) -> tuple[Any, frozenset[str]]:
        """The file, opened once in each process, and the names of its tensors."""
        try:
            return self._memo.get(self.path, _open)[0]
        except FileNotFoundError as error:
            raise MissingFeaturesError.describe([self.path], self.layouts) from error
        except OSError as error:
            raise InputError(f'{self.path}: cannot be read ({error!s:.100}); copy it again', 'damaged file') from error


def _open(path: str) -> tuple[Any, frozenset[str]]:
    try:
        from safetensors import SafetensorError, safe_open
    except ImportError as error:
        raise InputError(
            f"{path}: reading safetensors needs the package of that name; install it with pip install -e '.[optional]'"
        ) from error
    try:
        file = safe_open(path, framework='np')
    except SafetensorError as error:
        raise InputError(
            f'{path}: not a safetensors file, or truncated ({error!s:.100}); copy it again', 'damaged file'
        ) from error
    return file, frozenset(file.keys())


def _claim(file: Any, key: str, source: str) -> tuple[int, int]:
    """T and D, as the header says."""
    tensor = file.get_slice(key)
    name = tensor.get_dtype()
    if name not in _DTYPES:
        raise InputError(f'{source}: dtype {name} is not F16, F32 or F64; save the features as float32')
    return check_claim(tensor.get_shape(), np.dtype(_DTYPES[name]), source)
