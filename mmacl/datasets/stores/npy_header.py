"""What a ``.npy`` file says of the array in it."""

from __future__ import annotations

import re
from io import BytesIO
from tokenize import TokenError
from typing import Any, BinaryIO, NamedTuple

import numpy as np
from numpy.lib import format as npy_format

from mmacl.datasets.stores.plain_features import check_claim
from mmacl.utils import InputError

USUAL_BYTES = 128
"""What the header of a small plain array takes, as NumPy writes it."""

_READERS = {(1, 0): npy_format.read_array_header_1_0, (2, 0): npy_format.read_array_header_2_0}
# What NumPy's parser raises: it reads the header as Python text.
_FAULTS = (ValueError, TypeError, EOFError, SyntaxError, TokenError, RecursionError, MemoryError)
# Magic word, version 1.0, 118 bytes of text: what NumPy writes for nearly every array of two axes.
_USUAL = re.compile(
    rb"\x93NUMPY\x01\x00\x76\x00\{'descr': '([<>|=]f[248])', 'fortran_order': (False|True), "
    rb"'shape': \((0|[1-9]\d{0,17}), (0|[1-9]\d{0,17})\), \} *\n"
)


class NpyHeader(NamedTuple):
    """A (T, D) array of floats."""

    shape: tuple[int, int]
    fortran_order: bool
    dtype: np.dtype[np.floating[Any]]
    size: int
    """Bytes before the first value."""

    @property
    def num_bytes(self) -> int:
        """What the values take."""
        return self.shape[0] * self.shape[1] * self.dtype.itemsize


def parse_npy_header(start: bytes, file: BinaryIO, source: str) -> NpyHeader:
    """Read a header. The usual one is matched as a whole; any other goes through NumPy's parser, ten times as long.

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
        reason = ' '.join(str(error).split())
        raise InputError(
            f'not a .npy file, or truncated ({reason:.120})',
            file=source,
            remedy='write it with numpy.save',
            kind='damaged file',
        ) from error
    if dtype.hasobject:
        raise InputError(
            'dtype object, which is a pickle and never read',
            file=source,
            remedy='save a float32 array of shape (T, D)',
            kind='object array',
        )
    return NpyHeader(check_claim(shape, dtype, source), fortran_order, dtype, rest.taken)


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
