"""Read ``.npy`` files of features, and nothing that could do harm or be half there."""

from __future__ import annotations

import os
from typing import Any, BinaryIO, NamedTuple

import numpy as np
from numpy.lib import format as npy_format

from mmacl.datasets.stores.feature_checks import check_finite, check_shape
from mmacl.datasets.stores.feature_store import Features
from mmacl.utils import InputError

_READERS = {(1, 0): npy_format.read_array_header_1_0, (2, 0): npy_format.read_array_header_2_0}


class _Header(NamedTuple):
    """What a file says of its array."""

    shape: tuple[int, int]
    fortran_order: bool
    dtype: np.dtype[np.floating[Any]]


def read_npy_shape(path: str) -> tuple[int, int]:
    """T and D, from the header and the size of the file alone.

    Raises:
        InputError: the file cannot be read, is empty or truncated, or holds no (T, D) array of floats.
    """
    try:
        with open(path, 'rb') as file:
            return _read_header(file, path).shape
    except OSError as error:
        raise _unreadable(path, error) from error


def read_npy_features(path: str) -> Features:
    """A finite (T, D) array, float16 or float32 (float64 is rounded to float32).

    Nothing is ever unpickled.

    Raises:
        InputError: as :func:`read_npy_shape`, or a value is NaN or infinite.
    """
    try:
        with open(path, 'rb') as file:
            shape, fortran_order, dtype = _read_header(file, path)
            flat = np.fromfile(file, dtype=dtype, count=shape[0] * shape[1])
    except OSError as error:
        raise _unreadable(path, error) from error
    if flat.size < shape[0] * shape[1]:
        raise InputError(f'{path}: truncated while it was read; copy or extract it again', 'truncated')
    array = flat.reshape(shape[::-1]).T if fortran_order else flat.reshape(shape)
    with np.errstate(over='ignore'):  # float64 beyond float32 becomes infinite and is refused as such
        features: Features = np.ascontiguousarray(array, dtype=np.float16 if dtype.itemsize == 2 else np.float32)
    check_finite(features, path)
    return features


def _read_header(file: BinaryIO, path: str) -> _Header:
    """The header, checked, with the file left at the first value."""
    size = os.fstat(file.fileno()).st_size
    if size == 0:
        raise InputError(f'{path}: empty file (0 bytes); copy or extract it again', 'empty file')
    try:
        version = npy_format.read_magic(file)
        if version not in _READERS:
            raise ValueError(f'format version {version} does not hold plain numbers')
        shape, fortran_order, dtype = _READERS[version](file)
    except (ValueError, EOFError, SyntaxError) as error:
        reason = ' '.join(str(error).split())
        raise InputError(
            f'{path}: not a .npy file, or truncated ({reason:.120}); write it with numpy.save', 'damaged file'
        ) from error
    if dtype.hasobject:
        raise InputError(
            f'{path}: dtype object, which is a pickle and never read; save a float32 array of shape (T, D)',
            'object array',
        )
    if dtype.kind != 'f' or dtype.itemsize not in (2, 4, 8):
        raise InputError(
            f'{path}: dtype {dtype} is not float16, float32 or float64; save the features as float32', 'dtype'
        )
    header = _Header(check_shape(shape, path), fortran_order, dtype)
    expected = file.tell() + dtype.itemsize * shape[0] * shape[1]
    if size < expected:
        raise InputError(
            f'{path}: truncated, {size} bytes of the {expected} that shape {shape} takes; copy or extract it again',
            'truncated',
        )
    return header


def _unreadable(path: str, error: OSError) -> InputError:
    return InputError(
        f'{path}: cannot be read ({error.strerror}); check the file and its permissions', 'unreadable file'
    )
