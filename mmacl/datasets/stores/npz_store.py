"""A folder with one ``.npz`` file per video."""

from __future__ import annotations

import os
import struct
import zipfile
import zlib
from collections.abc import Sequence
from typing import BinaryIO, NamedTuple, cast

import numpy as np

from mmacl.datasets.stores.array_place import ArrayPlace, FileStamp
from mmacl.datasets.stores.feature_store import Features, FeatureStore
from mmacl.datasets.stores.file_memo import FileMemo
from mmacl.datasets.stores.missing_features_error import MissingFeaturesError
from mmacl.datasets.stores.npy_folder_store import NpyFolderStore
from mmacl.datasets.stores.npy_header import USUAL_BYTES, NpyHeader, parse_npy_header
from mmacl.datasets.stores.plain_features import as_features
from mmacl.registry import FEATURE_STORES
from mmacl.utils import InputError

_FAULTS = (
    OSError,
    ValueError,
    KeyError,
    EOFError,
    RuntimeError,
    NotImplementedError,
    MemoryError,
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
)
_LOCAL_HEADER = struct.Struct('<4s22xHH')
_ENCRYPTED = 1


class _Member(NamedTuple):
    """An array in an archive."""

    header: NpyHeader
    place: ArrayPlace | None
    """Where the values lie; None: they are compressed."""
    header_sum: int
    """Checksum of what comes before the values."""


class _Archive:
    """What is known of an archive."""

    def __init__(self, path: str) -> None:
        with zipfile.ZipFile(path) as archive:
            self.entries = {entry.filename: entry for entry in archive.infolist()}
        self.members: dict[str, _Member] = {}
        self.whole: set[str] = set()
        """Members whose checksum was right."""


@FEATURE_STORES.register_module()
class NpzStore(FeatureStore):
    """Read ``<root>/features/<video>.npz``, which holds an array for each modality under its name.

    What ``numpy.savez`` writes is not compressed: such an array is read from its place in the archive, and its
    checksum is compared when it is first read, again only if the file changes. What ``numpy.savez_compressed`` writes
    is unpacked each time, with its checksum.

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
        self._memo: FileMemo[_Archive] = FileMemo()
        self.layouts = self._files.layouts

    def load(self, video: str, modality: str) -> Features:
        """Features of a video, (T, D).

        Raises:
            MissingFeaturesError: there is no such file, or no such array in it.
            InputError: the file is damaged, or the array is no finite (T, D) array of floats.
        """
        path = self._files.find(video, modality)
        source = f'{path}: {modality}'
        try:
            archive, stamp, member = self._look_up(path, modality)
            if member.place is None:
                with np.load(path, allow_pickle=False) as arrays:
                    return as_features(arrays[f'{modality}.npy'], source, own=True)
            array, finite = member.place.read_from(path, stamp, source)
            if modality not in archive.whole:
                found = zlib.crc32(array.ravel(order='K').view(np.uint8).data, member.header_sum)
                if found != archive.entries[f'{modality}.npy'].CRC:
                    raise InputError(
                        'its checksum is wrong, the file is damaged',
                        file=source,
                        remedy='copy it again',
                        kind='damaged file',
                    )
                archive.whole.add(modality)
            return as_features(array, source, own=True, finite=finite)
        except InputError:
            raise
        except _FAULTS as error:
            raise _damaged(path, error) from error

    def shape(self, video: str, modality: str) -> tuple[int, int]:
        """T and D, from the header of the array."""
        path = self._files.find(video, modality)
        try:
            return self._look_up(path, modality)[2].header.shape
        except InputError:
            raise
        except _FAULTS as error:
            raise _damaged(path, error) from error

    def list_videos(self, modality: str) -> tuple[str, ...]:
        """Names of all videos with such an array."""
        found = []
        for video in self._files.list_videos(modality):
            try:
                if f'{modality}.npy' in self._memo.get(self._files.find(video, modality), _Archive)[0].entries:
                    found.append(video)
            except _FAULTS:
                found.append(video)  # said when it is read
        return tuple(found)

    def source_files(self, video: str, modality: str) -> tuple[str, ...]:
        """The path of the file."""
        return self._files.source_files(video, modality)

    def describe(self, video: str, modality: str) -> str:
        """The path of the file, and the array in it."""
        return f'{self._files.describe(video, modality)}: {modality}'

    def _look_up(self, path: str, modality: str) -> tuple[_Archive, FileStamp, _Member]:
        """The array in the archive, looked for once."""
        archive, stamp = self._memo.get(path, _Archive)
        if modality not in archive.members:
            entry, source = archive.entries.get(f'{modality}.npy'), f'{path}: {modality}'
            if entry is None:
                raise MissingFeaturesError.describe([source], self.layouts)
            archive.members[modality] = _find_member(path, entry, source)
        return archive, stamp, archive.members[modality]


def _find_member(path: str, entry: zipfile.ZipInfo, source: str) -> _Member:
    """Read the header of an array."""
    if entry.compress_type != zipfile.ZIP_STORED or entry.flag_bits & _ENCRYPTED:
        with zipfile.ZipFile(path) as archive, archive.open(entry) as member:
            header = parse_npy_header(member.read(USUAL_BYTES), cast(BinaryIO, member), source)
            _check_size(header, entry, source)
            return _Member(header, None, 0)
    with open(path, 'rb') as file:
        file.seek(entry.header_offset)
        magic, name_length, extra_length = _LOCAL_HEADER.unpack(file.read(_LOCAL_HEADER.size))
        name = file.read(name_length)
        if magic != b'PK\x03\x04' or name != entry.orig_filename.encode(
            'utf-8' if entry.flag_bits & 0x800 else 'cp437'
        ):
            raise zipfile.BadZipFile('the list of its arrays is wrong')
        file.seek(extra_length, os.SEEK_CUR)
        start = file.tell()
        header = parse_npy_header(file.read(USUAL_BYTES), file, source)
        _check_size(header, entry, source)
        place = ArrayPlace(start + header.size, header.shape, header.dtype, header.fortran_order)
        if place.stop > os.fstat(file.fileno()).st_size:
            raise zipfile.BadZipFile('it ends before the array does')
        file.seek(start)
        return _Member(header, place, zlib.crc32(file.read(header.size)))


def _check_size(header: NpyHeader, entry: zipfile.ZipInfo, source: str) -> None:
    """The array must fill its entry."""
    if header.size + header.num_bytes != entry.file_size:
        raise InputError(
            f'{entry.file_size} bytes, but shape {header.shape} takes {header.size + header.num_bytes}',
            file=source,
            remedy='copy it again',
            kind='truncated',
        )


def _damaged(path: str, error: Exception) -> InputError:
    return InputError(
        f'not a .npz file of plain arrays, or truncated ({error!s:.100})',
        file=path,
        remedy='copy it again',
        kind='damaged file',
    )
