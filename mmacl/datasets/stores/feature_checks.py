"""Check that an array holds the snippet features of a video: (T, D), floats, finite."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmacl.datasets.stores.feature_store import Features
from mmacl.utils import InputError

MAX_BYTES = 4 * 2**30
"""More than any video takes: 4 GB are two days of I3D features."""

_CROPS = (10, 5)


def damaged(what: str, source: str | os.PathLike[str], remedy: str = 'copy it again') -> InputError:
    """Return the error for a file that cannot be understood."""
    return InputError(what, file=source, remedy=remedy, kind='damaged file')


def unreadable(error: OSError, path: str) -> InputError:
    """Return the error for a file that the system does not read."""
    what, remedy = f'cannot be read ({error.strerror})', 'check the file and its permissions'
    return InputError(what, file=path, remedy=remedy, kind='unreadable file')


def check_shape(shape: Sequence[int], source: str) -> tuple[int, int]:
    """T and D of an array.

    Raises:
        InputError: the shape is not (T, D) with at least one snippet and one feature.
    """
    if len(shape) and min(shape) < 1:
        raise InputError(
            f'shape {tuple(shape)} holds no snippet',
            file=source,
            remedy='the video may be shorter than a snippet: leave it out (exclude), or extract it again',
            kind='no snippet',
        )
    if len(shape) != 2:
        raise InputError(f'shape {tuple(shape)} is not (T, D)', file=source, remedy=_advice(shape), kind='shape')
    return int(shape[0]), int(shape[1])


def _advice(shape: Sequence[int]) -> str:
    """How to make a (T, D) array of a shape that is known from public extractors."""
    ones = tuple(axis for axis, size in enumerate(shape) if size == 1)
    rest = len(shape) - len(ones)
    if len(shape) == 5 and ones == (3, 4):
        return (
            'if this is raw I3D output, (clips, D, t, 1, 1), squeeze and transpose it: '
            'features.squeeze((3, 4)).transpose(0, 2, 1).reshape(-1, D)'
        )
    if len(shape) == 5:
        return 'if this is raw output, (clips, D, t, h, w): features.mean((3, 4)).transpose(0, 2, 1).reshape(-1, D)'
    if len(shape) > 2 and rest == 2:
        return f'squeeze it: features.squeeze({ones if len(ones) > 1 else ones[0]})'
    if len(shape) == 3 and (shape[1] in _CROPS or shape[0] in _CROPS):
        axis = 1 if shape[1] in _CROPS else 0
        form = f'(T, {shape[1]}, D)' if axis else f'({shape[0]}, T, D)'
        number = {10: 'ten', 5: 'five'}[shape[axis]]
        return f'if this is {form}, take the mean over the {number} crops: features.mean(axis={axis})'
    if len(shape) == 4:
        return 'if this is (T, D, h, w), take the mean over the picture: features.mean(axis=(2, 3))'
    if len(shape) == 1:
        return 'if this is one snippet, add an axis: features[None]; else store one row of D features a snippet'
    return 'store one row of D features a snippet'


def check_claim(shape: Sequence[int], dtype: np.dtype[Any], source: str) -> tuple[int, int]:
    """T and D of the array that a file says it holds.

    Raises:
        InputError: it is no (T, D) array of floats, or absurdly large.
    """
    if dtype.kind != 'f' or dtype.itemsize not in (2, 4, 8):
        what, remedy = f'dtype {dtype} is not float16, float32 or float64', 'save the features as float32'
        raise InputError(what, file=source, remedy=remedy, kind='dtype')
    length, width = check_shape(shape, source)
    if length * width * dtype.itemsize > MAX_BYTES:
        what = f'shape {(length, width)} takes more than 4 GB'
        raise InputError(what, file=source, remedy='extract one row a snippet', kind='shape')
    return length, width


def as_features(array: NDArray[Any], source: str, own: bool = False, finite: bool = False) -> Features:
    """Make a finite (T, D) array, float16 or float32 (float64 is rounded to float32), that the caller may change.

    Args:
        array: of any source.
        source: for messages.
        own: whether nothing else refers to the array, so that it need not be copied.
        finite: whether its values were checked already.

    Raises:
        InputError: it is no such array, or a value is NaN or infinite.
    """
    check_claim(array.shape, array.dtype, source)
    dtype = np.float16 if array.dtype.itemsize == 2 else np.float32
    with np.errstate(over='ignore'):  # float64 beyond float32 becomes infinite and is refused as such
        features: Features = array.astype(dtype, order='C', copy=not own)
    if not finite:
        check_finite(features, source)
    return features


def check_finite(features: Features, source: str) -> None:
    """Refuse features with NaN or infinity.

    Raises:
        InputError: there are some; the message says how many snippets have them, and which.
    """
    if all_finite(features):
        return
    wrong = np.flatnonzero(~np.isfinite(features).all(axis=1))
    nan, infinite = bool(np.isnan(features).any()), bool(np.isinf(features).any())
    kind = 'NaN and infinite values' if nan and infinite else 'NaN' if nan else 'infinite values'
    which = f'first in snippet {wrong[0]}' + (f' ({_ranges(wrong)})' if len(wrong) > 1 else '')
    raise InputError(
        f'{kind} in {len(wrong)} of {len(features)} snippets, {which}',
        file=source,
        remedy='extract this video again, or leave it out (exclude)',
        kind='not finite',
    )


def all_finite(features: Features) -> bool:
    """Whether no value is NaN or infinite; sums of squares and bit patterns are faster than ``isfinite``."""
    flat = features.ravel(order='K')
    if flat.dtype == np.float16:
        # Above the bits of the largest number lie those of infinity and NaN; a negative one has the first bit set too.
        return bool(flat.view(np.int16).max() < 0x7C00 and flat.view(np.uint16).max() < 0xFC00)
    with np.errstate(all='ignore'):
        # A sum of squares is finite only if all its terms are; the converse fails where it overflows.
        return bool(np.isfinite(np.dot(flat, flat)) or np.isfinite(flat).all())


def _ranges(indices: NDArray[np.intp], shown: int = 6) -> str:
    """Increasing numbers in words, such as ``3-5, 9``."""
    runs = np.split(indices, np.flatnonzero(np.diff(indices) > 1) + 1)
    words = [f'{run[0]}' if len(run) == 1 else f'{run[0]}-{run[-1]}' for run in runs[:shown]]
    return ', '.join([*words, f'and {len(runs) - shown} more stretches'] if len(runs) > shown else words)
