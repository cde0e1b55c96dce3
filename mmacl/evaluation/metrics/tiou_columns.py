"""The columns of a table of mAP: each threshold, then averages over ranges of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmacl.evaluation.functional.average_precision import checked_thresholds
from mmacl.utils import InputError

# Thresholds written as 0.1 + 0.2 are meant to be 0.3.
_ROUNDING = 1e-9


class TIoUColumns:
    """Which rows of a (thresholds, ...) array each column averages: ``0.3``, ``0.4``, ..., ``avg(0.3:0.7)``.

    Args:
        thresholds: each in (0, 1].
        averages: pairs (lowest, highest) of thresholds; such a column is the mean over all from one to the other.

    Raises:
        InputError: a threshold outside (0, 1], or an average whose ends are no thresholds.
    """

    def __init__(self, thresholds: Sequence[float], averages: Sequence[tuple[float, float]]) -> None:
        self.thresholds = checked_thresholds(thresholds)
        self._rows = {f'{threshold:g}': np.array([row]) for row, threshold in enumerate(self.thresholds)}
        for low, high in averages:
            self._rows[f'avg({low:g}:{high:g})'] = self._between(low, high)

    def of(self, values: NDArray[np.float64]) -> dict[str, Any]:
        """Column -> its value, which has the shape of ``values`` without the first axis."""
        return {name: values[rows].mean(axis=0) for name, rows in self._rows.items()}

    def _between(self, low: float, high: float) -> NDArray[np.int64]:
        for end in (low, high):
            if not np.isclose(self.thresholds, end, rtol=0, atol=_ROUNDING).any():
                raise InputError(
                    f'average ({low:g}, {high:g}): {end:g} is not among the thresholds '
                    f'{", ".join(f"{t:g}" for t in self.thresholds)}',
                    remedy='add it to tiou_thresholds',
                )
        if low > high:
            raise InputError(f'average ({low:g}, {high:g}): the lower threshold comes first')
        return np.flatnonzero((self.thresholds >= low - _ROUNDING) & (self.thresholds <= high + _ROUNDING))


def usual_averages(thresholds: Sequence[float]) -> list[tuple[float, float]]:
    """The averages that papers report, as far as the thresholds allow: 0.3:0.7, 0.1:0.7, and 0.5:0.95.

    Each needs all its thresholds, 0.1 apart (0.05 for the last); where none fits, the average over all thresholds.
    """
    rounded = {round(threshold, 6) for threshold in thresholds}
    found = [
        (low, high)
        for low, high, step in ((0.3, 0.7, 0.1), (0.1, 0.7, 0.1), (0.5, 0.95, 0.05))
        if {round(value, 6) for value in np.arange(low, high + step / 2, step)} <= rounded
    ]
    return found or ([(min(thresholds), max(thresholds))] if len(rounded) > 1 else [])
