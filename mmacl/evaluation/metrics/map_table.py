"""Tables of mean average precision: columns, headings with the facts of the score, and text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmacl.evaluation.functional.average_precision import checked_thresholds
from mmacl.evaluation.functional.coco_figures import LENGTHS, CocoScores
from mmacl.evaluation.ground_truth import Clipping
from mmacl.utils import InputError
from mmacl.utils.tables import draw_table

STRICT = 'strict: last checkpoint, nothing chosen by labels'
BEST_ON_TEST = 'WARNING: best on test: chosen by labels'
"""How tables name the selection of the model."""

THRESHOLDS = {
    'thumos14': (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7),
    'activitynet': (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95),
}
"""Thresholds at which the benchmarks report mAP."""

# Thresholds written as 0.1 + 0.2 are meant to be 0.3.
_ROUNDING = 1e-9


class TIoUColumns:
    """The columns of a table: each threshold (``0.3``), then averages over ranges of them (``avg(0.3:0.7)``).

    Args:
        thresholds: each in (0, 1].
        averages: pairs (lowest, highest) of thresholds; the column is the mean over all thresholds in that range.

    Raises:
        InputError: a threshold is outside (0, 1], or an end of an average is not a threshold.
    """

    def __init__(self, thresholds: Sequence[float], averages: Sequence[tuple[float, float]]) -> None:
        self.thresholds = checked_thresholds(thresholds)
        self._rows = {f'{threshold:g}': np.array([row]) for row, threshold in enumerate(self.thresholds)}
        for low, high in averages:
            self._rows[f'avg({low:g}:{high:g})'] = self._between(low, high)

    def of(self, values: NDArray[np.float64]) -> dict[str, Any]:
        """Map each column to its value, which has the shape of ``values`` without the first axis."""
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
            raise InputError(f'average ({low:g}, {high:g}) has its higher threshold first', remedy='exchange the two')
        return np.flatnonzero((self.thresholds >= low - _ROUNDING) & (self.thresholds <= high + _ROUNDING))


def usual_averages(thresholds: Sequence[float]) -> list[tuple[float, float]]:
    """Return the averages of papers that the thresholds allow: 0.3:0.7, 0.1:0.7, and 0.5:0.95.

    Each needs all its thresholds, 0.1 apart (0.05 for the last). If none fits: the average over all thresholds.
    """
    rounded = {round(threshold, 6) for threshold in thresholds}
    found = [
        (low, high)
        for low, high, step in ((0.3, 0.7, 0.1), (0.1, 0.7, 0.1), (0.5, 0.95, 0.05))
        if {round(value, 6) for value in np.arange(low, high + step / 2, step)} <= rounded
    ]
    return found or ([(min(thresholds), max(thresholds))] if len(rounded) > 1 else [])


@dataclass(frozen=True)
class ScoringFacts:
    """Facts of a score that a comparison with another score needs.

    Attributes:
        protocol: name of the scorer.
        dataset: name of the data set or list of videos; empty if there is none.
        num_videos: number of videos scored.
        num_instances: number of ground-truth instances in them.
        num_classes: number of classes that have ground truth.
        simulated: whether the videos are simulated.
        num_ambiguous: number of ambiguous segments that the protocol read; None if it reads none.
        selection: how the model was selected, such as ``STRICT``; empty if that is not known.
        clipping: how many instances reached outside their video.
    """

    protocol: str
    dataset: str
    num_videos: int
    num_instances: int
    num_classes: int
    simulated: bool
    num_ambiguous: int | None = None
    selection: str = ''
    clipping: Clipping = field(default_factory=Clipping)

    def __str__(self) -> str:
        facts = [
            f'protocol {self.protocol}',
            self.dataset,
            f'{self.num_videos} videos',
            f'{self.num_instances} instances of {self.num_classes} classes',
            str(self.clipping),
            '' if self.num_ambiguous is None else f'{self.num_ambiguous or "no"} ambiguous segments',
            'simulated data' if self.simulated else '',
            self.selection,
        ]
        return ', '.join(filter(None, facts))


def map_table(scores: Mapping[str, Mapping[str, float]], facts: ScoringFacts, rows_are: str = 'Stream') -> str:
    """Draw one row per stream (or protocol) and one column per threshold or average, in per cent.

    Args:
        scores: stream -> column -> fraction; every stream has the same columns.
        facts: of the scores.
        rows_are: heading of the first column.
    """
    columns = list(next(iter(scores.values())))
    rows = [[stream, *(_per_cent(row[column]) for column in columns)] for stream, row in scores.items()]
    return f'mAP (%): {facts}\n' + draw_table([[rows_are, *columns], *rows], first_numbers=1)


def class_table(
    class_names: Sequence[str],
    num_instances: NDArray[np.int64],
    columns: Sequence[str],
    precisions: NDArray[np.float64],
    facts: ScoringFacts,
) -> str:
    """Draw one row per class and one column per threshold or average, in per cent; a dash without ground truth.

    Args:
        class_names: names of the C classes.
        num_instances: (C,) instances of each.
        columns: headings of the K columns.
        precisions: (K, C) fractions, NaN where a class has no ground truth.
        facts: of the scores.
    """
    rows = [
        [name, str(number), *(_per_cent(value) for value in of_class)]
        for name, number, of_class in zip(class_names, num_instances, precisions.T, strict=True)
    ]
    return f'AP (%) by class: {facts}\n' + draw_table([['Class', 'Instances', *columns], *rows], first_numbers=1)


def coco_table(scores: Mapping[str, CocoScores], facts: ScoringFacts, rows_are: str = 'Stream') -> str:
    """Draw one row per stream and one column per figure of COCO, in per cent; a dash if no instance has that length.

    Args:
        scores: stream -> scores, all of the same instances.
        facts: of the scores.
        rows_are: heading of the first column.
    """
    any_scores = next(iter(scores.values()))
    low, high = any_scores.bounds
    words = (f'{LENGTHS[0]} (to {low:g} s)', f'{LENGTHS[1]} (to {high:g} s)', LENGTHS[2])
    lengths = ', '.join(f'{number} {word}' for number, word in zip(any_scores.numbers, words, strict=True))
    cells = [[rows_are, *any_scores.summary()]]
    cells += [[stream, *map(_per_cent, row.summary().values())] for stream, row in scores.items()]
    return f'COCO (%): tIoU 0.5:0.05:0.95, instances {lengths}; {facts}\n' + draw_table(cells, first_numbers=1)


def _per_cent(fraction: float) -> str:
    return '-' if np.isnan(fraction) else f'{100 * fraction:.2f}'
