"""What makes an array a sequence of snippet features."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mmacl.datasets.stores.feature_store import Features
from mmacl.utils import InputError

_EXTRACT = 'extract this video again, or leave it out (exclude)'


def check_shape(shape: Sequence[int], source: str) -> tuple[int, int]:
    """T and D of an array.

    Raises:
        InputError: the shape is not (T, D) with at least one snippet and one feature.
    """
    if len(shape) != 2:
        raise InputError(
            f'shape {tuple(shape)} is not (T, D)',
            file=source,
            remedy='store one row of D features a snippet',
            kind='shape',
        )
    if min(shape) < 1:
        raise InputError(f'shape {tuple(shape)} holds no snippet', file=source, remedy=str(_EXTRACT), kind='no snippet')
    return int(shape[0]), int(shape[1])


def check_finite(features: Features, source: str) -> None:
    """Let pass features without NaN and infinity.

    Raises:
        InputError: there are some; the message tells how many, and which.
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
        remedy=str(_EXTRACT),
        kind='not finite',
    )


def _ranges(indices: NDArray[np.intp], shown: int = 6) -> str:
    """Increasing numbers in words, such as ``3-5, 9``."""
    runs = np.split(indices, np.flatnonzero(np.diff(indices) > 1) + 1)
    words = [f'{run[0]}' if len(run) == 1 else f'{run[0]}-{run[-1]}' for run in runs[:shown]]
    return ', '.join([*words, f'and {len(runs) - shown} more stretches'] if len(runs) > shown else words)


def all_finite(features: Features) -> bool:
    """Whether no value is NaN or infinite; sums of squares and bit patterns are faster than ``isfinite``."""
    flat = features.ravel(order='K')
    if flat.dtype == np.float16:
        # Above the bits of the largest number lie those of infinity and NaN; a negative one has the first bit set too.
        return bool(flat.view(np.int16).max() < 0x7C00 and flat.view(np.uint16).max() < 0xFC00)
    with np.errstate(all='ignore'):
        # A sum of squares is finite only if all its terms are; the converse fails where it overflows.
        return bool(np.isfinite(np.dot(flat, flat)) or np.isfinite(flat).all())
