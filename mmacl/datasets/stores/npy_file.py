"""Read ``.npy`` files of features, and nothing that could do harm or be half there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

from mmacl.datasets.stores.array_place import ArrayPlace
from mmacl.datasets.stores.feature_store import Features
from mmacl.datasets.stores.npy_header import USUAL_BYTES, NpyHeader, parse_npy_header
from mmacl.datasets.stores.plain_features import as_features
from mmacl.utils import InputError


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
        raise InputError(
            f'cannot be read ({error.strerror})',
            file=path,
            remedy='check the file and its permissions',
            kind='unreadable file',
        ) from error
