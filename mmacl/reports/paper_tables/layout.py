"""The cells of a table: our figures from the rows of rounds, over seeds, and the paper's beside them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mmacl.reports.paper_tables.data_sets import PublishedTable, read_published
from mmacl.reports.paper_tables.plan import Model, TablePlan
from mmacl.runs.run_queue import Outcome
from mmacl.utils.spread import mean_and_deviation

CLUSTERING = ('purity', 'ari', 'nmi')
# <prefix of the metric>/mAP@<column>; for a single stream its name is in between.
_FUSED_MAP = re.compile(r'[^/]+/mAP@(.+)')

# A row of a round -> figure by column.
Reader = Callable[[dict[str, Any]], dict[str, float]]
Cell = dict[str, Any]


class Layout:
    """Columns, rows and notes of the tables of a plan.

    Args:
        plan: the tables.
        outcomes: ended runs, by key of the run.
    """

    def __init__(self, plan: TablePlan, outcomes: Mapping[str, Outcome]) -> None:
        self.plan, self.outcomes = plan, outcomes
        rows = [row for outcome in outcomes.values() for row in outcome.rows or ()]
        self.simulated = plan.data_set.simulated or any(row.get('simulated') for row in rows)
        self.best_on_test = any(row.get('best_on_test') for row in rows)
        self.published = read_published()
        self.mark = ' (simulated)' if self.simulated else ''
        self.place = plan.data_set.title

    @property
    def own_source(self) -> str:
        """Source of our columns."""
        return 'simulated' if self.simulated else 'measured'

    @property
    def own_mark(self) -> str:
        """Mark in each header of ours."""
        return f' ({self.own_source})'

    def published_beside(self, number: int) -> PublishedTable | None:
        """Return the paper's table if its data set is the one to show beside ours."""
        table = self.published[number]
        return table if table.dataset == self.plan.data_set.published else None

    def published_mark(self, table: PublishedTable) -> str:
        """Return the mark in each header of the paper's columns."""
        return f' (published, {table.dataset})' if self.is_elsewhere(table) else ' (published)'

    def is_elsewhere(self, table: PublishedTable) -> bool:
        """Whether the paper's figures are of another data set than ours."""
        return self.simulated or table.dataset != self.plan.data_set.title

    def columns(
        self, names: Sequence[str], table: PublishedTable | None, columns: Sequence[str], digits: int
    ) -> list[dict[str, Any]]:
        """Return the columns: ours, the number of seeds, the paper's."""
        found: list[dict[str, Any]] = [
            {'header': f'{name}{self.own_mark}', 'source': self.own_source, 'digits': digits} for name in names
        ]
        found.append({'header': f'seeds{self.own_mark}', 'source': self.own_source, 'digits': 0})
        for column, name in zip(columns, names, strict=True):
            if table and column in table.columns:
                shown = 3 if column in CLUSTERING else 2 if table.number == 5 else 1
                found.append({'header': f'{name}{self.published_mark(table)}', 'source': 'published', 'digits': shown})
        return found

    def row(
        self,
        label: str,
        model: Model,
        figures: Reader,
        columns: Sequence[str],
        table: PublishedTable | None,
        beside: dict[str, float | None],
        round_: int | None = None,
    ) -> dict[str, Any]:
        """Return a row: ours, the number of seeds, the paper's."""
        cells: list[Any] = [self.cell(model, figures, column, round_) for column in columns]
        cells.append(max((cell['seeds'] for cell in cells if cell), default=0))
        cells += [beside.get(column) for column in columns if table and column in table.columns]
        return {'labels': [label], 'cells': cells}

    def notes(self, models: Sequence[Model], table: PublishedTable | None) -> list[str]:
        """Return the notes below a table: whether the paper's figures are comparable, and failed runs."""
        outcomes = [(run, self.outcomes.get(run.key)) for model in models for run in model.runs]
        failed = [f'{run} failed: {found.error}' for run, found in outcomes if found and found.error]
        if table is None or not self.is_elsewhere(table):
            return failed
        ours = 'simulated videos' if self.simulated else self.place
        return [f'The published figures are of {table.dataset}: not comparable with figures of {ours}.', *failed]

    def cell(self, model: Model, figures: Reader, column: str, round_: int | None = None) -> Cell | None:
        """Return one figure over the seeds."""
        return cell_of(values_by_seed(model, self.outcomes, figures, column, round_))


def part_of(
    title: str, labels: list[str], columns: list[dict[str, Any]], rows: list[dict[str, Any]], notes: list[str]
) -> dict[str, Any]:
    """Make a table with its title: headers of the row names, the other columns, the rows, and notes below."""
    return {'title': title, 'labels': labels, 'columns': columns, 'rows': rows, 'notes': notes}


def spoken(column: str) -> str:
    """Return the name of a column for headings: ``'avg(0.3:0.7)'`` becomes ``'average 0.3:0.7'``."""
    return f'average {column[4:-1]}' if column.startswith('avg(') else column


def localization_figures(row: dict[str, Any]) -> dict[str, float]:
    """Return mAP of the fused streams in per cent, by column: ``'0.3'``, ``'avg(0.3:0.7)'``."""
    return {found.group(1): 100 * value for key, value in row.items() if (found := _FUSED_MAP.fullmatch(key))}


def clustering_figures(row: dict[str, Any]) -> dict[str, float]:
    """Return ``'purity'``, ``'ari'`` and ``'nmi'`` as fractions, as far as they were measured."""
    return {name: row[f'cluster/{name}'] for name in CLUSTERING if f'cluster/{name}' in row}


def values_by_seed(
    model: Model, outcomes: Mapping[str, Outcome], read: Reader, column: str, round_: int | None = None
) -> dict[int, float]:
    """Return one figure of a model for each finished seed.

    Args:
        model: the model.
        outcomes: ended runs, by key of the run.
        read: reader of the figures.
        column: which of its figures.
        round_: the round; None for the last.
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
    """Return mean, sample deviation, number of seeds, and the values by seed; None for no value."""
    if not values:
        return None
    spread = mean_and_deviation(list(values.values()))
    return {**spread, 'seeds': len(values), 'values': {str(seed): value for seed, value in values.items()}}


def difference_of(ours: Mapping[int, float], theirs: Mapping[int, float]) -> Cell | None:
    """Return the cell of the differences ours - theirs, by seed, over the seeds that both have."""
    return cell_of({seed: value - theirs[seed] for seed, value in ours.items() if seed in theirs})
