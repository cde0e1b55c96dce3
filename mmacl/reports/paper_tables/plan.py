"""The trainings that a set of tables needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mmacl.datasets.stores import MissingFeaturesError
from mmacl.engine.start_run import check_datasets
from mmacl.reports.paper_tables.data_sets import METHODS, TableDataSet
from mmacl.reports.paper_tables.methods import find_methods
from mmacl.reports.paper_tables.variants import find_rows
from mmacl.runs.run_queue import unique_runs
from mmacl.runs.seeded_run import SeededRun
from mmacl.utils import InputError


@dataclass(frozen=True, eq=False)
class Model:
    """A config under all seeds and folds: a row of a table, or the rounds of a table.

    Attributes:
        label: name of the row.
        runs: one for each seed and fold.
        setting: ``'us'`` or ``'ws'``; '' for a variant.
        variant: the row of the paper's Table 5; None for a variant of the user.
        published: what the paper of the method reports, mAP in per cent by column.
    """

    label: str
    runs: tuple[SeededRun, ...]
    setting: str = ''
    variant: str | None = None
    published: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class TablePlan:
    """Tables to make, and the models that they show.

    Attributes:
        data_set: data set of the tables.
        tables: numbers of the paper's tables, and :data:`METHODS`.
        seeds: the seeds.
        out: folder for all runs.
        options: overrides, as for ``--cfg-options``: ``'key=value'``.
        folds: the folds; empty if the data set has none.
        methods: each method in each setting: Tables 1 and 2, and that of methods.
        rounds: the model of Tables 3 and 4; None if neither is made.
        variants: the rows of Table 5: the paper's in its order, then the user's.
        passed_over: configs in the folders of variants that train on another data set.
    """

    data_set: TableDataSet
    tables: tuple[int | str, ...]
    seeds: tuple[int, ...]
    out: Path
    options: tuple[str, ...] = ()
    folds: tuple[str, ...] = ()
    methods: tuple[Model, ...] = ()
    rounds: Model | None = None
    variants: tuple[Model, ...] = ()
    passed_over: tuple[Path, ...] = ()

    @property
    def models(self) -> tuple[Model, ...]:
        """All models; one can appear twice."""
        return (*self.methods, *([self.rounds] if self.rounds else []), *self.variants)

    @property
    def runs_of_a_model(self) -> int:
        """Number of seeds times number of folds."""
        return len(self.seeds) * max(len(self.folds), 1)

    @property
    def runs(self) -> list[SeededRun]:
        """All trainings, each once; the first seed comes first, so that every table has a number early."""
        return list(
            unique_runs([model.runs[index] for index in range(self.runs_of_a_model) for model in self.models]).values()
        )


def make_plan(
    data_set: TableDataSet,
    tables: Sequence[int | str],
    seeds: Sequence[int],
    out: Path,
    options: tuple[str, ...] = (),
    variants: Sequence[Path] = (),
    plugins: tuple[str, ...] = (),
    methods: Sequence[str] = ('acl',),
    settings: Sequence[str] = ('us', 'ws'),
    folds: Sequence[str] = (),
) -> TablePlan:
    """Find and read the configs of the tables.

    Args:
        data_set: data set of the tables.
        tables: numbers of the paper's tables, and :data:`METHODS`; empty for the default tables of the data set.
        seeds: the seeds; repeated seeds count once.
        out: folder for all runs.
        options: overrides, as for ``--cfg-options``: ``'key=value'``.
        variants: folders with further configs for Table 5, besides ``configs/acl/ablations``.
        plugins: modules to import first.
        methods: rows of Tables 1 and 2 and of that of methods, see :func:`find_methods`.
        settings: ``'us'``, ``'ws'``.
        folds: empty for all of the data set.

    Raises:
        InputError: a table cannot be made on the data set, there is no such method or fold, or a config cannot be read.
    """
    wanted = tuple(sorted(set(tables), key=lambda table: (table != METHODS, table))) or data_set.default_tables
    for number in wanted:
        if number not in (METHODS, *data_set.tables):
            known = ' '.join(map(str, (METHODS, *data_set.tables)))
            raise InputError(
                f'cannot be made on {data_set.name}', file=f'--tables {number}', remedy=f'choose from {known}'
            )
    if variants and 5 not in wanted:
        raise InputError(
            'its configs are rows of Table 5', file=f'--variants {variants[0]}', remedy='add 5 to --tables'
        )
    if unknown := [fold for fold in folds if fold not in data_set.folds]:
        known = ', '.join(data_set.folds)
        remedy = f'choose from {known}' if known else 'leave it out'
        raise InputError(f'{data_set.name} has no such fold', file=f'--folds {unknown[0]}', remedy=remedy)
    seeds, folds = tuple(dict.fromkeys(seeds)), tuple(dict.fromkeys(folds)) or data_set.folds

    def model(config: Path, label: str, **facts: Any) -> Model:
        places: list[tuple[int, str | None]] = [(seed, fold) for seed in seeds for fold in folds or (None,)]
        runs = [
            SeededRun(config, seed, out, options, plugins, data_set.seed_keys, fold, data_set.fold_variable)
            for seed, fold in places
        ]
        return Model(label, tuple(runs), **facts)

    of_methods: list[Model] = []
    if {1, 2, METHODS} & set(wanted):
        of_methods = [
            model(config, method.title, setting=setting, published=method.published[setting])
            for method in find_methods(methods, data_set, settings)
            for setting, config in method.configs.items()
        ]
    found, passed_over = find_rows(data_set, variants, options, plugins) if 5 in wanted else ([], ())
    rows = tuple(model(config, label, variant=variant) for config, label, variant in found)
    rounds = model(data_set.base, 'ACL', setting='us') if {3, 4} & set(wanted) else None
    return TablePlan(data_set, wanted, seeds, out, options, folds, tuple(of_methods), rounds, rows, passed_over)


def check_features(plan: TablePlan, runs: Sequence[SeededRun]) -> None:
    """Check the data before the first training starts.

    Args:
        plan: the plan; a data set that reads no files needs no check.
        runs: runs that are not finished.

    Raises:
        InputError: features or annotations are missing or damaged; names the environment variable.
    """
    variable = plan.data_set.variable
    if variable is None:
        return
    for run in {run.fold: run for run in reversed(runs)}.values():
        _check_features(plan, run, variable)


def _check_features(plan: TablePlan, run: SeededRun, variable: str) -> None:
    try:
        check_datasets(run.composed, values=False)
    except MissingFeaturesError as error:
        # The message of the error is longer than a line.
        raise InputError(
            'no such file',
            file=error.looked_for[0],
            remedy=f'set {variable} to the folder with the features and annotations of {plan.data_set.title}',
        ) from error
    except InputError as error:
        raise InputError(str(error), remedy=f'{variable} names the folder of {plan.data_set.title}') from error
