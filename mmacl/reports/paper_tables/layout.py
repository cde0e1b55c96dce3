"""The cells of a table: our figures from the rows of rounds, over seeds, and the paper's beside them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mmacl.evaluation.metrics.temporal_map import WHOLE_VIDEO
from mmacl.reports.paper_tables.data_sets import METHODS, PublishedTable, read_published
from mmacl.reports.paper_tables.plan import Model, TablePlan
from mmacl.runs.run_queue import Outcome
from mmacl.utils.spread import mean_and_deviation

CLUSTERING = ('purity', 'ari', 'nmi')
# <prefix of the metric>/mAP@<column>; for a single stream, and for whole videos, its name is in between.
_FUSED_MAP = re.compile(r'[^/]+/mAP@(.+)')
_WHOLE_VIDEO_MAP = re.compile(rf'[^/]+/{WHOLE_VIDEO}/mAP@(.+)')

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

    def published_beside(self, number: int | str) -> PublishedTable | None:
        """Return the paper's table if its data set is the one to show beside ours."""
        table = self.published.get(int(number)) if number != METHODS else None
        return table if table and table.dataset == self.plan.data_set.published else None

    @property
    def published_mark(self) -> str:
        """Return the mark in each header of published figures."""
        return f' (published, {self.plan.data_set.published})' if self.is_elsewhere else ' (published)'

    @property
    def is_elsewhere(self) -> bool:
        """Whether the published figures are of another data set than ours."""
        return self.simulated or self.plan.data_set.published != self.plan.data_set.title

    def own_columns(self, names: Sequence[str], digits: int, **more: Any) -> list[dict[str, Any]]:
        """Return columns of ours."""
        return [
            {'header': f'{name}{self.own_mark}', 'source': self.own_source, 'digits': digits, **more} for name in names
        ]

    def columns(self, names: Sequence[str], digits: int, published: Mapping[str, int]) -> list[dict[str, Any]]:
        """Return the columns: ours, the number of seeds, the published ones, given as digits by name."""
        beside = [
            {'header': f'{name}{self.published_mark}', 'source': 'published', 'digits': shown}
            for name, shown in published.items()
        ]
        count = 'runs' if self.plan.folds else 'seeds'
        return [*self.own_columns(names, digits), *self.own_columns([count], 0), *beside]

    def row(
        self, labels: Sequence[str], model: Model | None, cells: Sequence[Cell | None], beside: Sequence[float | None]
    ) -> dict[str, Any]:
        """Return a row: ours, the number of seeds (None for a method that is not here), the published figures."""
        if model is None:
            return {'labels': list(labels), 'cells': [*cells, None, *beside]}
        failed = sum(outcome.rows is None for outcome in self.outcomes_of(model))
        count = max((cell['seeds'] for cell in cells if cell), default=0)
        return {
            'labels': list(labels),
            'cells': [*cells, count, *beside],
            **({'failed': failed} if failed else {}),
        }

    def outcomes_of(self, model: Model) -> list[Outcome]:
        """Return the runs of a model that have ended."""
        return [self.outcomes[run.key] for run in model.runs if run.key in self.outcomes]

    def notes(self, models: Sequence[Model], published: bool) -> list[str]:
        """Return the notes below a table: whether published figures are comparable, and failed runs."""
        ended = [outcome for model in models for outcome in self.outcomes_of(model)]
        failed = [f'{outcome.run} failed: {outcome.error}' for outcome in ended if outcome.error]
        if not published or not self.is_elsewhere:
            return failed
        ours, theirs = 'simulated videos' if self.simulated else self.place, self.plan.data_set.published
        return [f'The published figures are of {theirs}: not comparable with figures of {ours}.', *failed]

    def values(self, model: Model, figures: Reader, column: str, round_: int | None = None) -> dict[str, float]:
        """Return one figure of each finished run; see :func:`values_by_run`."""
        return values_by_run(model, self.outcomes, figures, column, round_)

    def cells(
        self, model: Model, figures: Reader, columns: Sequence[str], round_: int | None = None
    ) -> list[Cell | None]:
        """Return figures over the finished runs."""
        return [cell_of(self.values(model, figures, column, round_)) for column in columns]


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


def whole_video_figures(row: dict[str, Any]) -> dict[str, float]:
    """Return mAP of the whole videos as segments in per cent, by column, as far as it was measured."""
    return {found.group(1): 100 * value for key, value in row.items() if (found := _WHOLE_VIDEO_MAP.fullmatch(key))}


def clustering_figures(row: dict[str, Any]) -> dict[str, float]:
    """Return ``'purity'``, ``'ari'`` and ``'nmi'`` as fractions, as far as they were measured."""
    return {name: row[f'cluster/{name}'] for name in CLUSTERING if f'cluster/{name}' in row}


def chance_figures(row: dict[str, Any]) -> dict[str, float]:
    """Return the same of the clusters shuffled over the videos, as far as it was measured."""
    return {name: row[f'chance/{name}'] for name in CLUSTERING if f'chance/{name}' in row}


def values_by_run(
    model: Model, outcomes: Mapping[str, Outcome], read: Reader, column: str, round_: int | None = None
) -> dict[str, float]:
    """Return one figure of a model for each finished run, by :attr:`SeededRun.sample`.

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
            found[run.sample] = figures[column]
    return found


def cell_of(values: Mapping[str, float]) -> Cell | None:
    """Return mean, sample deviation, number of runs as ``seeds``, and the values by run; None for no value."""
    if not values:
        return None
    spread = mean_and_deviation(list(values.values()))
    return {**spread, 'seeds': len(values), 'values': dict(values)}


def difference_of(ours: Mapping[str, float], theirs: Mapping[str, float]) -> Cell | None:
    """Return the cell of the differences ours - theirs, by run, over the runs that both have."""
    return cell_of({run: value - theirs[run] for run, value in ours.items() if run in theirs})
