"""Arrays of any source, made into features."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmacl.datasets.stores.feature_checks import check_finite, check_shape
from mmacl.datasets.stores.feature_store import Features
from mmacl.utils import InputError

MAX_BYTES = 4 * 2**30
"""More than any video takes: 4 GB are two days of I3D features."""


def check_claim(shape: Sequence[int], dtype: np.dtype[Any], source: str) -> tuple[int, int]:
    """T and D of what a file says it holds.

    Raises:
        InputError: no (T, D) array of floats, or an absurd size.
    """
    if dtype.kind != 'f' or dtype.itemsize not in (2, 4, 8):
        raise InputError(
            f'dtype {dtype} is not float16, float32 or float64',
            file=source,
            remedy='save the features as float32',
            kind='dtype',
        )
    length, width = check_shape(shape, source)
    if length * width * dtype.itemsize > MAX_BYTES:
        raise InputError(
            f'shape {(length, width)} takes more than 4 GB',
            file=source,
            remedy='extract one row a snippet',
            kind='shape',
        )
    return length, width


def as_features(array: NDArray[Any], source: str, own: bool = False, finite: bool = False) -> Features:
    """A finite (T, D) array of the caller's own, float16 or float32 (float64 is rounded to float32).

    Args:
        array: of any source.
        source: for messages.
        own: whether nobody else has the array, so that it need not be copied.
        finite: whether its values were looked at already.

    Raises:
        InputError: it is none, or a value is NaN or infinite.
    """
    check_claim(array.shape, array.dtype, source)
    dtype = np.float16 if array.dtype.itemsize == 2 else np.float32
    with np.errstate(over='ignore'):  # float64 beyond float32 becomes infinite and is refused as such
        features: Features = array.astype(dtype, order='C', copy=not own)
    if not finite:
        check_finite(features, source)
    return features
