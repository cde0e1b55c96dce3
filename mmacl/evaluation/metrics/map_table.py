"""Mean average precision as tables for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from terminaltables import AsciiTable

from mmacl.evaluation.functional.coco_figures import LENGTHS, CocoScores
from mmacl.evaluation.ground_truth import Clipping

STRICT = 'strict: last checkpoint, nothing chosen by labels'
BEST_ON_TEST = 'WARNING: best on test: chosen by labels'
"""What tables say of the selection of the model."""


@dataclass(frozen=True)
class ScoringFacts:
    """What one must know of a score to compare it with another.

    Attributes:
        protocol: name of the scorer.
        dataset: name of the data set or list of videos; empty where it has none.
        num_videos: number of videos scored.
        num_instances: number of ground-truth instances in them.
        num_classes: number of classes that have ground truth.
        simulated: whether the videos are simulated.
        num_ambiguous: ambiguous segments that the protocol took into account; None where it knows none.
        selection: how the model was selected, such as ``STRICT``; empty where that is not known.
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
    """One row a stream (or protocol), one column a threshold or average, in per cent.

    Args:
        scores: stream -> column -> fraction; every stream has the same columns.
        facts: how the scores came about.
        rows_are: heading of the first column.
    """
    columns = list(next(iter(scores.values())))
    rows = [[stream, *(_per_cent(row[column]) for column in columns)] for stream, row in scores.items()]
    return f'mAP (%): {facts}\n' + _table([[rows_are, *columns], *rows])


def class_table(
    class_names: Sequence[str],
    num_instances: NDArray[np.int64],
    columns: Sequence[str],
    precisions: NDArray[np.float64],
    facts: ScoringFacts,
) -> str:
    """One row a class, one column a threshold or average, in per cent; a dash where a class has no ground truth.

    Args:
        class_names: names of the C classes.
        num_instances: (C,) instances of each.
        columns: headings of the K columns.
        precisions: (K, C) fractions, NaN where a class has no ground truth.
        facts: how the scores came about.
    """
    rows = [
        [name, str(number), *(_per_cent(value) for value in of_class)]
        for name, number, of_class in zip(class_names, num_instances, precisions.T, strict=True)
    ]
    return f'AP (%) by class: {facts}\n' + _table([['Class', 'Instances', *columns], *rows])


def coco_table(scores: Mapping[str, CocoScores], facts: ScoringFacts, rows_are: str = 'Stream') -> str:
    """One row a stream, one column a figure of COCO, in per cent; a dash where no instance has that length.

    Args:
        scores: stream -> scores, all of the same instances.
        facts: how the scores came about.
        rows_are: heading of the first column.
    """
    any_scores = next(iter(scores.values()))
    low, high = any_scores.bounds
    words = (f'{LENGTHS[0]} (to {low:g} s)', f'{LENGTHS[1]} (to {high:g} s)', LENGTHS[2])
    lengths = ', '.join(f'{number} {word}' for number, word in zip(any_scores.numbers, words, strict=True))
    cells = [[rows_are, *any_scores.summary()]]
    cells += [[stream, *map(_per_cent, row.summary().values())] for stream, row in scores.items()]
    return f'COCO (%): tIoU 0.5:0.05:0.95, instances {lengths}; {facts}\n' + _table(cells)


def _per_cent(fraction: float) -> str:
    return '-' if np.isnan(fraction) else f'{100 * fraction:.2f}'


def _table(cells: list[list[str]]) -> str:
    table = AsciiTable(cells)
    for column in range(1, len(cells[0])):
        table.justify_columns[column] = 'right'
    return str(table.table)
