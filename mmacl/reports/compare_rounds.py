"""Tables of runs under several seeds: methods side by side, and their differences paired by seed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from mmacl.utils.spread import format_spread, mean_and_deviation

Rows: TypeAlias = Mapping[str, Sequence[Mapping[str, Any]]]
"""Rows of the rounds by seed, as in ``rows`` of what ``tools/multi_seed.py --json`` writes for a config."""
Table: TypeAlias = tuple[list[str], list[list[str]]]
"""Header and rows."""


class Figure(NamedTuple):
    """A column: the key of a row, its title, digits after the point, and 100 for per cent."""

    key: str
    title: str
    digits: int
    scale: float = 1.0


FIGURES = (
    Figure('cluster/purity', 'purity', 3),
    Figure('cluster/nmi', 'NMI', 3),
    Figure('cluster/ari', 'ARI', 3),
    Figure('tal/mAP@0.5', 'mAP@0.5', 1, 100),
    Figure('tal/mAP@avg(0.3:0.7)', 'average 0.3:0.7', 1, 100),
)


def compare_rounds(record: Mapping[str, Any], pairs: Sequence[tuple[str, str]], names: Mapping[str, str]) -> Table:
    """Make a table of two methods and their paired difference by round, for each pair.

    Args:
        record: what ``tools/multi_seed.py --json`` wrote.
        pairs: names of two configs, the other one and ours; pairs that share no seed are left out.
        names: what to call the configs.

    Returns:
        The header and the rows: mean and sample standard deviation over the seeds that both have, and in how many of
        them ours is higher.
    """
    table: list[list[str]] = []
    for pair in pairs:
        runs = [record.get(name, {}).get('rows', {}) for name in pair]
        seeds = shared_seeds(*runs)
        if not seeds:
            continue
        rounds = range(min(len(of[seed]) for of in runs for seed in seeds))
        for name, of in zip(pair, runs, strict=True):
            for number in rounds:
                cells = [mean_cell(of, seeds, figure, number) for figure in FIGURES]
                table.append([names[name], str(number + 1), str(len(seeds)), *cells])
        for number in rounds:
            cells = [difference(runs[0], runs[1], seeds, figure, number) for figure in FIGURES]
            table.append([f'{names[pair[1]]} less {names[pair[0]]}', str(number + 1), str(len(seeds)), *cells])
    return ['', 'round', 'seeds', *(figure.title for figure in FIGURES)], table


def compare_with(base: Rows, others: Mapping[str, Rows], figures: Sequence[Figure]) -> Table:
    """Make a table of the differences of several methods from a base method, paired by seed, after the last round.

    Args:
        base: rows of the base method.
        others: rows of each other method by its name; one that shares no seed is left out.
        figures: the columns; ``-`` stands where a run does not have the figure.
    """
    table = []
    for name, rows in others.items():
        if seeds := shared_seeds(base, rows):
            table.append([name, str(len(seeds)), *(difference(base, rows, seeds, figure) for figure in figures)])
    return ['', 'seeds', *(figure.title for figure in figures)], table


def shared_seeds(*runs: Rows) -> list[str]:
    """The seeds that all have, in order."""
    return sorted(set.intersection(*(set(rows) for rows in runs)), key=lambda seed: (len(seed), seed))


def mean_cell(rows: Rows, seeds: Sequence[str], figure: Figure, number: int = -1) -> str:
    """Mean and deviation of a figure after a round, by default the last."""
    return _format([rows[seed][number].get(figure.key) for seed in seeds], figure)


def difference(base: Rows, rows: Rows, seeds: Sequence[str], figure: Figure, number: int = -1) -> str:
    """Mean and deviation of the paired differences, and how many of them are above 0."""
    pairs = [(base[seed][number].get(figure.key), rows[seed][number].get(figure.key)) for seed in seeds]
    gains = [value - other for other, value in pairs if value is not None and other is not None]
    gains = [gain for gain in gains if not math.isnan(gain)]
    if len(gains) < len(pairs):
        return '-'
    return f'{_format(gains, figure, "+")} ({sum(gain > 0 for gain in gains)} of {len(gains)})'


def _format(values: Sequence[Any], figure: Figure, sign: str = '') -> str:
    if any(value is None for value in values):
        return '-'
    return format_spread(mean_and_deviation([float(value) for value in values]), figure.digits, figure.scale, sign, '±')
