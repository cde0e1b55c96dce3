"""A folder with one ``.npz`` file per video."""

from __future__ import annotations

import os
import struct
import zipfile
import zlib
from collections.abc import Sequence
from typing import BinaryIO, NamedTuple, cast

import numpy as np

from mmacl.datasets.stores.feature_checks import as_features, damaged
from mmacl.datasets.stores.feature_store import Features, Instead, MissingFeaturesError
from mmacl.datasets.stores.file_arrays import ArrayPlace, FileMemo, FileStamp
from mmacl.datasets.stores.npy_file import USUAL_BYTES, NpyHeader, parse_npy_header
from mmacl.datasets.stores.video_file_store import VideoFileStore
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
_NO_ARCHIVE = 'not a .npz file of plain arrays, or truncated ({!s:.100})'


class _Member(NamedTuple):
    """An array in an archive."""

    header: NpyHeader
    place: ArrayPlace | None
    """Where the values are; None: they are compressed."""
    header_sum: int
    """Checksum of the bytes before the values."""


class _Archive:
    """What was found out about an archive."""

    def __init__(self, path: str) -> None:
        with zipfile.ZipFile(path) as archive:
            self.entries = {entry.filename: entry for entry in archive.infolist()}
        self.members: dict[str, _Member] = {}
        self.whole: set[str] = set()
        """Members whose checksum was right."""


@FEATURE_STORES.register_module()
class NpzStore(VideoFileStore):
    """Read ``<root>/features/<video>.npz``, which holds an array for each modality under its name.

    ``numpy.savez`` does not compress: its arrays are read from their place in the archive, and a checksum is compared
    when an array is first read, and again if the file changes. ``numpy.savez_compressed`` does: its arrays are
    unpacked, and their checksums compared, each time.

    Args:
        root: the folder.
        templates: where a file may be below ``root``, see :class:`VideoFileStore`.
        subset: the names to put in for ``{subset}``, see :class:`VideoFileStore`.
    """

    def __init__(
        self,
        root: str | os.PathLike[str],
        templates: Sequence[str] = ('features/{video}.npz', 'features/{subset}/{video}.npz'),
        subset: str | Sequence[str] | None = None,
    ) -> None:
        super().__init__(root, templates, subset)
        self._memo: FileMemo[_Archive] = FileMemo()

    def load(self, video: str, modality: str) -> Features:
        """Features of a video, (T, D).

        Raises:
            MissingFeaturesError: there is no such file, or no such array in it.
            InputError: the file is damaged, or the array is no finite (T, D) array of floats.
        """
        path = self.find(video, modality)
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
                    raise damaged('its checksum is wrong, the file is damaged', source)
                archive.whole.add(modality)
            return as_features(array, source, own=True, finite=finite)
        except InputError:
            raise
        except _FAULTS as error:
            raise damaged(_NO_ARCHIVE.format(error), path) from error

    def shape(self, video: str, modality: str) -> tuple[int, int]:
        """T and D, from the header of the array."""
        path = self.find(video, modality)
        try:
            return self._look_up(path, modality)[2].header.shape
        except InputError:
            raise
        except _FAULTS as error:
            raise damaged(_NO_ARCHIVE.format(error), path) from error

    def list_videos(self, modality: str) -> tuple[str, ...]:
        """Names of all videos with such an array."""
        found = []
        for video in super().list_videos(modality):
            try:
                if f'{modality}.npy' in self._memo.get(self.find(video, modality), _Archive)[0].entries:
                    found.append(video)
            except _FAULTS:
                found.append(video)  # the fault is reported when it is read
        return tuple(found)

    def describe(self, video: str, modality: str) -> str:
        """The path of the file, and the array in it."""
        return f'{super().describe(video, modality)}: {modality}'

    def companion(self, video: str, modality: str, what: str) -> str | None:
        """Arrays beside features are not looked for in archives."""
        return None

    def look_around(self, modality: str) -> tuple[Instead, ...]:
        """What the folder holds instead; the arrays of the first archive, if there are archives."""
        for video in super().list_videos(modality):
            try:
                path = self.find(video, modality)
                arrays = ', '.join(name.removesuffix('.npy') for name in self._memo.get(path, _Archive)[0].entries)
            except (InputError, *_FAULTS):
                continue
            return (Instead(f'{path} with the arrays {arrays:.100}', 'name these as modalities'),)
        return super().look_around(modality)

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
