"""One HDF5 file with a dataset for each video."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np

from mmacl.datasets.stores.feature_checks import as_features, check_claim, damaged
from mmacl.datasets.stores.feature_store import Features, MissingFeaturesError
from mmacl.datasets.stores.file_arrays import ArrayPlace, FileMemo
from mmacl.datasets.stores.keyed_file_store import KeyedFileStore
from mmacl.datasets.stores.path_template import PathTemplate
from mmacl.registry import FEATURE_STORES
from mmacl.utils import InputError

_SHOWN = 3


class _Opened(NamedTuple):
    """The file, and the places of the plain datasets that were asked for; None: read through h5py."""

    file: Any
    places: dict[str, ArrayPlace | None]


@FEATURE_STORES.register_module()
class HDF5Store(KeyedFileStore):
    """Read ``<root>/features.h5``; needs h5py, which comes with ``pip install -e '.[optional]'``.

    A dataset that is neither chunked nor compressed is looked up once and then read from its place in the file, which
    takes a fraction of the time. Chunks and filters go through h5py. A dataset that refers to another file is refused.

    See :class:`KeyedFileStore` for the arguments.
    """

    usual_file = 'features.h5'

    _memo: FileMemo[_Opened]

    def list_videos(self, modality: str) -> tuple[str, ...]:
        """Names of all videos with such a dataset; none where there is no file."""
        if not os.path.isfile(self.path) or not self._slices.has(modality):
            return ()
        with self._refusing(self.path):
            prefix = self.template.text.split('{video}')[0]
            group: Any = self._file()
            names = dict(modality=modality, subset=self._subset, video='_')
            folder = PathTemplate(prefix + '{video}').fill(**names).rpartition('/')[0]
            group = group.get(folder) if folder else group
            found = (self.template.video_of('/'.join(filter(None, (folder, name)))) or name for name in group or ())
            return tuple(sorted(name for name in found if self._find(self._key(name, modality)) is not None))

    def _read(self, key: str, source: str) -> Features:
        """A dataset, whole."""
        with self._refusing(source):
            opened, stamp = self._memo.get(self.path, _open)
            if key not in opened.places:
                dataset = self._dataset(key, source)
                check_claim(dataset.shape, dataset.dtype, source)
                opened.places[key] = _place_of(dataset, stamp.size)
            place = opened.places[key]
            if place is None:
                return as_features(np.asarray(self._dataset(key, source)[:]), source, own=True)
            array, finite = place.read_from(self.path, stamp, source)
            return as_features(array, source, own=True, finite=finite)

    def _shape(self, key: str, source: str) -> tuple[int, int]:
        """T and D, as the dataset says."""
        with self._refusing(source):
            dataset = self._dataset(key, source)
            return check_claim(dataset.shape, dataset.dtype, source)

    @contextmanager
    def _refusing(self, source: str) -> Iterator[None]:
        """Turn what h5py raises into an :class:`InputError`."""
        try:
            yield
        except InputError:
            raise
        except FileNotFoundError as error:
            raise MissingFeaturesError.describe([self.path], self.layouts) from error
        except (OSError, RuntimeError, ValueError, TypeError, KeyError) as error:
            reason = ' '.join(str(error).split())
            raise damaged(f'cannot be read ({reason:.100})', source, 'copy or extract it again') from error

    def _some_keys(self) -> tuple[str, ...]:
        """The first datasets of the file."""
        import h5py

        keys: list[str] = []

        def visit(name: str, item: Any) -> bool | None:
            if isinstance(item, h5py.Dataset):
                keys.append(name)
            return True if len(keys) == _SHOWN else None

        with self._refusing(self.path):
            self._file().visititems(visit)
        return tuple(keys)

    def _find(self, key: str) -> Any:
        """The dataset, or None."""
        import h5py

        file, parts = self._file(), key.split('/')
        try:
            for count in range(1, len(parts) + 1):
                name = '/'.join(parts[:count]).encode()
                if not file.id.links.exists(name):
                    return None
                link = file.id.links.get_info(name)
                if link.type not in (h5py.h5l.TYPE_HARD, h5py.h5l.TYPE_SOFT):
                    raise InputError(f'{key}: a link to another file', file=self.path, remedy='copy the features here')
            found = file[key]
        except KeyError:
            return None
        return found if isinstance(found, h5py.Dataset) else None

    def _dataset(self, key: str, source: str) -> Any:
        found = self._find(key)
        if found is None:
            raise MissingFeaturesError.describe([source], self.layouts)
        if found.is_virtual or found.external or found.file.filename != self._file().filename:
            raise InputError('its values are in another file', file=source, remedy='copy them here')
        return found

    def _file(self) -> Any:
        """The file, opened once in each process."""
        return self._memo.get(self.path, _open)[0].file


def _open(path: str) -> _Opened:
    try:
        import h5py
    except ImportError as error:
        raise InputError(
            'reading HDF5 needs h5py', file=path, remedy="install it with pip install -e '.[optional]'"
        ) from error
    try:
        return _Opened(h5py.File(path, 'r'), {})
    except PermissionError as error:
        raise InputError(
            'may not be read', file=path, remedy='check its permissions', kind='unreadable file'
        ) from error
    except OSError as error:
        raise damaged(f'not an HDF5 file, or truncated ({error!s:.100})', path) from error


def _place_of(dataset: Any, file_size: int) -> ArrayPlace | None:
    """Where the values are, if they are in one piece and in a form that NumPy has."""
    import h5py

    properties = dataset.id.get_create_plist()
    offset = dataset.id.get_offset()
    plain = (
        properties.get_layout() == h5py.h5d.CONTIGUOUS
        and properties.get_nfilters() == 0
        and dataset.id.get_type() == h5py.h5t.py_create(dataset.dtype)
        and dataset.id.get_storage_size() == dataset.size * dataset.dtype.itemsize
    )
    if not plain or offset is None:  # values that were never written have no place
        return None
    place = ArrayPlace(offset, dataset.shape, dataset.dtype)
    return place if place.stop <= file_size else None
