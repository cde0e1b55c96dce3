"""Properties of instances that make them easy or hard to find, in bins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mmacl.evaluation.functional import SegmentTable
from mmacl.evaluation.functional.overlap import RELATIVE_TOLERANCE
from mmacl.utils import InputError


@dataclass(frozen=True, eq=False)
class Characteristic:
    """One property of all instances.

    Attributes:
        name: ``coverage``, ``length`` or ``instances``.
        bins: short names of the bins with their range, such as ``XS (0-3 s]``.
        members: (G,) bin of each instance, -1 where the property is unknown.
    """

    name: str
    bins: tuple[str, ...]
    members: NDArray[np.int64]


_SIZES = ('XS', 'S', 'M', 'L', 'XL')
# Upper ends, which belong to the bin; the last bin has none.
EDGES: dict[str, dict[str, tuple[float, ...]]] = {
    'activitynet': {'coverage': (0.2, 0.4, 0.6, 0.8), 'length': (30, 60, 120, 180), 'instances': (1, 4, 8)},
    'thumos14': {'coverage': (0.02, 0.04, 0.06, 0.08), 'length': (3, 6, 12, 18), 'instances': (1, 40, 80)},
}
"""Bins that the paper uses for the two data sets."""


def characteristics(
    ground_truths: SegmentTable, durations: NDArray[np.float64], edges: str = 'activitynet'
) -> tuple[Characteristic, ...]:
    """Sort instances into bins by the three properties that need no further annotation.

    - ``coverage``: length over the duration of the video; unknown where that is;
    - ``length`` in seconds;
    - ``instances``: how many instances of its class its video has.

    A bin holds its upper end and not its lower. The last bin has no upper end, so it holds
    instances longer than their video.

    Args:
        ground_truths: instances of the whole subset.
        durations: seconds by number of the video, NaN where unknown.
        edges: a name in ``EDGES``.

    Raises:
        InputError: ``edges`` is not known.
    """
    if edges not in EDGES:
        raise InputError(f'bins {edges!r} are not known', remedy=f'choose one of {", ".join(EDGES)}')
    lengths = ground_truths.segments[:, 1] - ground_truths.segments[:, 0]
    duration = durations[ground_truths.videos]
    known = duration > 0
    coverage = np.divide(lengths, duration, out=np.full(len(lengths), np.nan), where=known)
    keys = np.column_stack([ground_truths.videos, ground_truths.labels])
    _, group, counts = np.unique(keys, axis=0, return_inverse=True, return_counts=True)
    values = {'coverage': coverage, 'length': lengths, 'instances': counts[group.reshape(-1)].astype(np.float64)}
    return tuple(_binned(name, values[name], EDGES[edges][name]) for name in ('coverage', 'length', 'instances'))


def _binned(name: str, values: NDArray[np.float64], edges: tuple[float, ...]) -> Characteristic:
    upper = np.array(edges) * (1 + RELATIVE_TOLERANCE)
    members = np.where(np.isnan(values), -1, np.searchsorted(upper, values, side='left'))
    return Characteristic(name, _bin_names(name, edges), members.astype(np.int64))


def _bin_names(name: str, edges: tuple[float, ...]) -> tuple[str, ...]:
    if name == 'instances':
        whole = [int(edge) for edge in edges]
        lows = [1, *(edge + 1 for edge in whole)]
        ranges = [f'{a}' if a == b else f'{a}-{b}' for a, b in zip(lows, whole, strict=False)] + [f'>{whole[-1]}']
    else:
        scale, unit = (100, ' %') if name == 'coverage' else (1, ' s')
        ends = [f'{scale * edge:g}' for edge in edges]
        ranges = [f'{a}-{b}{unit}' for a, b in zip(['0', *ends], ends, strict=False)] + [f'>{ends[-1]}{unit}']
    return tuple(f'{size} ({text})' for size, text in zip(_SIZES, ranges, strict=False))
