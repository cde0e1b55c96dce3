"""Read feature arrays from ``.npy`` files; refuse pickled and truncated ones."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from tokenize import TokenError
from typing import Any, BinaryIO, NamedTuple, cast

import numpy as np
from numpy.lib import format as npy_format
from numpy.typing import NDArray

from mmacl.datasets.stores.feature_checks import as_features, check_claim, damaged, unreadable
from mmacl.datasets.stores.feature_store import Features
from mmacl.datasets.stores.file_arrays import ArrayPlace
from mmacl.utils import InputError

USUAL_BYTES = 128
"""Size of the header of a small plain array, as NumPy writes it."""

_READERS = {(1, 0): npy_format.read_array_header_1_0, (2, 0): npy_format.read_array_header_2_0}
# What NumPy's parser raises: it reads the header as Python text.
_FAULTS = (ValueError, TypeError, EOFError, SyntaxError, TokenError, RecursionError, MemoryError)
# Magic word, version 1.0, 118 bytes of text: what NumPy writes for nearly every array of two axes.
_USUAL = re.compile(
    rb"\x93NUMPY\x01\x00\x76\x00\{'descr': '([<>|=]f[248])', 'fortran_order': (False|True), "
    rb"'shape': \((0|[1-9]\d{0,17}), (0|[1-9]\d{0,17})\), \} *\n"
)
# What a file is that starts otherwise, and what to do about it.
_OTHERS = (
    (b'\x1f\x8b', 'a gzip file', 'unpack it: rename it to .npy.gz and call gunzip'),
    (b'PK\x03\x04', 'a zip file, as numpy.savez and torch.save write', 'save the one array with numpy.save'),
    (b'\x89HDF', 'an HDF5 file', 'read it with HDF5Store, or save the array with numpy.save'),
    (b'\x80', 'a pickle, which can run code and is never read', 'save the array with numpy.save'),
    (b'version https://git-lfs', 'a pointer of Git LFS', 'fetch the file itself: git lfs pull'),
    (b'<', 'a page of a web server', 'download the file itself'),
)
_MAX_NUMBERS = 2**20


def read_npy_shape(path: str) -> tuple[int, int]:
    """T and D, from the header and the size of the file alone.

    Raises:
        InputError: the file cannot be read, is empty or truncated, or holds no (T, D) array of floats.
    """
    with _opened(path) as (_, header):
        return header.shape


def read_npy_features(path: str) -> Features:
    """A finite (T, D) array, float16 or float32 (float64 is rounded to float32).

    Nothing is ever unpickled.

    Raises:
        InputError: as :func:`read_npy_shape`, or a value is NaN or infinite.
    """
    with _opened(path) as (file, header):
        place = ArrayPlace(header.size, header.shape, header.dtype, header.fortran_order)
        array, finite = place.read(file, path)
    return as_features(array, path, own=True, finite=finite)


def read_npy_numbers(path: str) -> NDArray[np.float64]:
    """All numbers of a small array of any shape, such as the times beside features.

    Raises:
        InputError: the file cannot be read, or holds anything but finite numbers.
    """
    try:
        if os.path.getsize(path) > _MAX_NUMBERS * 8:
            raise ValueError('too large')
        array = np.load(path, allow_pickle=False)
        if not isinstance(array, np.ndarray) or array.dtype.kind not in 'fiu':
            raise ValueError('no array of numbers')
        numbers = np.array(array, dtype=np.float64).reshape(-1)
        if not np.isfinite(numbers).all():
            raise ValueError('a number is not finite')
    except (OSError, *_FAULTS) as error:
        reason = ' '.join(str(error).split())
        raise damaged(f'holds no plain numbers ({reason:.100})', path, 'write it with numpy.save') from error
    return numbers


class NpyHeader(NamedTuple):
    """The header of a (T, D) array of floats."""

    shape: tuple[int, int]
    fortran_order: bool
    dtype: np.dtype[np.floating[Any]]
    size: int
    """Bytes before the first value."""

    @property
    def num_bytes(self) -> int:
        """Bytes of the values."""
        return self.shape[0] * self.shape[1] * self.dtype.itemsize


def parse_npy_header(start: bytes, file: BinaryIO, source: str) -> NpyHeader:
    """Read a header. The usual one is matched as a whole; any other goes through NumPy's parser, ten times slower.

    Args:
        start: the first :data:`USUAL_BYTES` bytes, or all there are.
        file: where they came from, at the byte after them.
        source: for messages.

    Raises:
        InputError: it is no header, or not that of a (T, D) array of floats.
    """
    match = _USUAL.fullmatch(start)
    if match:
        dtype = np.dtype(match[1].decode())
        shape: tuple[int, ...] = (int(match[3]), int(match[4]))
        return NpyHeader(check_claim(shape, dtype, source), match[2] == b'True', dtype, USUAL_BYTES)
    rest = _Rest(start, file)
    try:
        version = npy_format.read_magic(rest)
        if version not in _READERS:
            raise ValueError(f'format version {version} does not hold plain numbers')
        shape, fortran_order, dtype = _READERS[version](rest)
    except _FAULTS as error:
        raise _no_header(start, error, source) from error
    if dtype.hasobject:
        raise InputError(
            'dtype object, which is a pickle and never read',
            file=source,
            remedy='save a float32 array of shape (T, D)',
            kind='object array',
        )
    return NpyHeader(check_claim(shape, dtype, source), fortran_order, dtype, rest.taken)


def _no_header(start: bytes, error: Exception, source: str) -> InputError:
    """Say what the file is instead, where its first bytes tell."""
    for magic, what, remedy in _OTHERS:
        if start.startswith(magic):
            return damaged(f'not a .npy file but {what}', source, remedy)
    reason = ' '.join(str(error).split())
    return damaged(f'not a .npy file, or truncated ({reason:.120})', source, 'write it with numpy.save')


@contextmanager
def _opened(path: str) -> Iterator[tuple[BinaryIO, NpyHeader]]:
    """The file, without a buffer, and its header, checked."""
    try:
        with open(path, 'rb', buffering=0) as raw:
            file = cast(BinaryIO, raw)
            start = file.read(USUAL_BYTES)
            if not start:
                raise InputError(
                    'empty file (0 bytes)', file=path, remedy='copy or extract it again', kind='empty file'
                )
            header = parse_npy_header(start, file, path)
            size, expected = os.fstat(file.fileno()).st_size, header.size + header.num_bytes
            if size < expected:
                raise InputError(
                    f'truncated, {size} bytes of the {expected} that shape {header.shape} takes',
                    file=path,
                    remedy='copy or extract it again',
                    kind='truncated',
                )
            yield file, header
    except OSError as error:
        raise unreadable(error, path) from error


class _Rest:
    """Bytes that were read already, then those of a file; counts what is taken."""

    def __init__(self, start: bytes, file: BinaryIO) -> None:
        self._start, self._file, self.taken = BytesIO(start), file, 0

    def read(self, size: int = -1, /) -> bytes:
        """At most ``size`` bytes."""
        found = self._start.read(size)
        if len(found) < size:
            found += self._file.read(size - len(found))
        self.taken += len(found)
        return found
