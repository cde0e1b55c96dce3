"""One safetensors file with a tensor for each video."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from mmacl.datasets.stores.feature_checks import as_features, check_claim, damaged
from mmacl.datasets.stores.feature_store import Features, MissingFeaturesError
from mmacl.datasets.stores.file_arrays import FileMemo
from mmacl.datasets.stores.keyed_file_store import KeyedFileStore
from mmacl.registry import FEATURE_STORES
from mmacl.utils import InputError

_DTYPES = {'F16': 'f2', 'F32': 'f4', 'F64': 'f8'}


@FEATURE_STORES.register_module()
class SafetensorsStore(KeyedFileStore):
    """Read ``<root>/features.safetensors``; needs safetensors, which comes with ``pip install -e '.[optional]'``.

    See :class:`KeyedFileStore` for the arguments.
    """

    usual_file = 'features.safetensors'

    _memo: FileMemo[tuple[Any, frozenset[str]]]

    def list_videos(self, modality: str) -> tuple[str, ...]:
        """Names of all videos with such a tensor; none where there is no file."""
        if not os.path.isfile(self.path) or not self._slices.has(modality):
            return ()
        keys = self._opened()[1]
        names = {self.template.video_of(key) for key in keys}
        return tuple(sorted(name for name in names if name is not None and self._key(name, modality) in keys))

    def _read(self, key: str, source: str) -> Features:
        """A tensor, whole."""
        file = self._file_with(key, source)
        _claim(file, key, source)
        return as_features(np.asarray(file.get_tensor(key)), source, own=True)

    def _shape(self, key: str, source: str) -> tuple[int, int]:
        """T and D, as the header says."""
        return _claim(self._file_with(key, source), key, source)

    def _some_keys(self) -> tuple[str, ...]:
        """The first tensors of the file."""
        return tuple(sorted(self._opened()[1]))[:3]

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
            raise damaged(f'cannot be read ({error!s:.100})', self.path) from error


def _open(path: str) -> tuple[Any, frozenset[str]]:
    try:
        from safetensors import SafetensorError, safe_open
    except ImportError as error:
        raise InputError(
            'reading it needs the package safetensors',
            file=path,
            remedy="install it with pip install -e '.[optional]'",
        ) from error
    try:
        file = safe_open(path, framework='np')
    except SafetensorError as error:
        raise damaged(f'not a safetensors file, or truncated ({error!s:.100})', path) from error
    return file, frozenset(file.keys())


def _claim(file: Any, key: str, source: str) -> tuple[int, int]:
    """T and D, as the header says."""
    tensor = file.get_slice(key)
    name = tensor.get_dtype()
    if name not in _DTYPES:
        raise InputError(f'dtype {name} is not F16, F32 or F64', file=source, remedy='save the features as float32')
    return check_claim(tensor.get_shape(), np.dtype(_DTYPES[name]), source)
