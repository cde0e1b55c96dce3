"""The figures of a table's cells: taken from the rows of rounds, summed up over seeds."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from mmacl.reports.paper_tables.plan import Model
from mmacl.runs.run_queue import Outcome
from mmacl.runs.seeded_run import mean_and_deviation

CLUSTERING = ('purity', 'ari', 'nmi')
# <prefix of the metric>/mAP@<column>; a stream's would have its name in between.
_FUSED_MAP = re.compile(r'[^/]+/mAP@(.+)')

# A row of a round -> figure by column.
Reader = Callable[[dict[str, Any]], dict[str, float]]
Cell = dict[str, Any]


def localization_figures(row: dict[str, Any]) -> dict[str, float]:
    """MAP of the fused streams in per cent, by column: ``'0.3'``, ``'avg(0.3:0.7)'``."""
    return {found.group(1): 100 * value for key, value in row.items() if (found := _FUSED_MAP.fullmatch(key))}


def clustering_figures(row: dict[str, Any]) -> dict[str, float]:
    """``'purity'``, ``'ari'`` and ``'nmi'`` as fractions, as far as they were measured."""
    return {name: row[f'cluster/{name}'] for name in CLUSTERING if f'cluster/{name}' in row}


def values_by_seed(
    model: Model, outcomes: Mapping[str, Outcome], read: Reader, column: str, round_: int | None = None
) -> dict[int, float]:
    """One figure of a model for each seed that is finished.

    Args:
        model: the model.
        outcomes: what has ended, by key of the run.
        read: which figures.
        column: which of them.
        round_: of this round; None for the last.
    """
    found = {}
    for run in model.runs:
        outcome = outcomes.get(run.key)
        rows = (outcome.rows if outcome else None) or []
        rows = rows[-1:] if round_ is None else [row for row in rows if row['round'] == round_]
        if rows and column in (figures := read(rows[0])):
            found[run.seed] = figures[column]
    return found


def cell_of(values: Mapping[int, float]) -> Cell | None:
    """Mean, sample deviation, their number, and the values by seed; None for no value."""
    if not values:
        return None
    spread = mean_and_deviation(list(values.values()))
    return {**spread, 'seeds': len(values), 'values': {str(seed): value for seed, value in values.items()}}


def difference_of(ours: Mapping[int, float], theirs: Mapping[int, float]) -> Cell | None:
    """The cell of ours less theirs, seed by seed, over the seeds that both have."""
    return cell_of({seed: value - theirs[seed] for seed, value in ours.items() if seed in theirs})
