"""The trainings that a set of tables needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mmacl.datasets.stores import MissingFeaturesError
from mmacl.engine.start_run import check_datasets
from mmacl.reports.paper_tables.data_sets import ABLATIONS, TableDataSet, read_published
from mmacl.reports.paper_tables.variants import find_variants, label_of
from mmacl.runs.run_queue import unique_runs
from mmacl.runs.seeded_run import SeededRun, composed_config
from mmacl.utils import InputError


@dataclass(frozen=True, eq=False)
class Model:
    """A config under all seeds: a row of a table, or the rounds of a table.

    Attributes:
        label: name of the row.
        runs: one for each seed.
        variant: the row of the paper's Table 5; None for a variant of the user.
    """

    label: str
    runs: tuple[SeededRun, ...]
    variant: str | None = None


@dataclass(frozen=True)
class TablePlan:
    """Tables to make, and the models that they show.

    Attributes:
        data_set: data set of the tables.
        tables: their numbers.
        seeds: the seeds.
        out: folder for all runs.
        options: overrides, as for ``--cfg-options``: ``'key=value'``.
        unsupervised, weakly_supervised: the models of Tables 1 to 4; None if no table shows them.
        variants: the rows of Table 5: the paper's in its order, then the user's.
        passed_over: configs in the folders of variants that train on another data set.
    """

    data_set: TableDataSet
    tables: tuple[int, ...]
    seeds: tuple[int, ...]
    out: Path
    options: tuple[str, ...] = ()
    unsupervised: Model | None = None
    weakly_supervised: Model | None = None
    variants: tuple[Model, ...] = ()
    passed_over: tuple[Path, ...] = field(default=())

    @property
    def models(self) -> tuple[Model, ...]:
        """All models; one can appear twice."""
        return tuple(model for model in (self.unsupervised, self.weakly_supervised, *self.variants) if model)

    @property
    def runs(self) -> list[SeededRun]:
        """All trainings, each once; the first seed comes first, so that every table has a number early."""
        return list(
            unique_runs([model.runs[index] for index in range(len(self.seeds)) for model in self.models]).values()
        )


def make_plan(
    data_set: TableDataSet,
    tables: Sequence[int],
    seeds: Sequence[int],
    out: Path,
    options: tuple[str, ...] = (),
    variants: Sequence[Path] = (),
    plugins: tuple[str, ...] = (),
) -> TablePlan:
    """Find and read the configs of the tables.

    Args:
        data_set: data set of the tables.
        tables: their numbers; empty for the default tables of the data set.
        seeds: the seeds; repeated seeds count once.
        out: folder for all runs.
        options: overrides, as for ``--cfg-options``: ``'key=value'``.
        variants: folders with further configs for Table 5, besides ``configs/acl/ablations``.
        plugins: modules to import first.

    Raises:
        InputError: a table cannot be made on the data set, or a config cannot be read.
    """
    wanted = tuple(sorted(set(tables))) or data_set.default_tables
    for number in wanted:
        if number not in data_set.tables:
            known = ' '.join(map(str, data_set.tables))
            raise InputError(
                f'cannot be made on {data_set.name}', file=f'--tables {number}', remedy=f'choose from {known}'
            )
    if variants and 5 not in wanted:
        raise InputError(
            'its configs are rows of Table 5', file=f'--variants {variants[0]}', remedy='add 5 to --tables'
        )
    seeds = tuple(dict.fromkeys(seeds))

    def model(config: Path, label: str, variant: str | None = None) -> Model:
        runs = tuple(SeededRun(config, seed, out, options, plugins, data_set.seed_keys) for seed in seeds)
        return Model(label, runs, variant)

    def variant_models() -> tuple[list[Model], list[Path]]:
        published = {row['variant']: row for row in read_published()[5].rows}
        stem = f'acl_{data_set.name}_'
        base = composed_config(data_set.base, options, plugins)
        found: list[tuple[int, Model]] = [
            (published['us']['row'], model(data_set.base, str(published['us']['method']), 'us'))
        ]
        seen, passed_over = {data_set.base.resolve()}, []
        for folder in (ABLATIONS, *variants):
            ours, others = find_variants(folder, base, options, plugins)
            # The folder of mmacl holds the variants of several data sets.
            passed_over += others if folder.resolve() != ABLATIONS else []
            for path in (path for path in ours if path.resolve() not in seen):
                seen.add(path.resolve())
                row = published.get(path.stem.removeprefix(stem)) if path.resolve().parent == ABLATIONS else None
                if row is None:
                    found.append((len(published) + 1, model(path, label_of(path))))
                else:
                    found.append((int(row['row']), model(path, str(row['method']), str(row['variant']))))
        return _with_distinct_labels([each for _, each in sorted(found, key=lambda pair: pair[0])]), passed_over

    rows, passed_over = variant_models() if 5 in wanted else ([], [])
    need_unsupervised = data_set.unsupervised is not None and {1, 2, 3, 4} & set(wanted)
    need_weak = {1, 2} & set(wanted)
    return TablePlan(
        data_set,
        wanted,
        seeds,
        out,
        options,
        model(data_set.unsupervised, 'US') if need_unsupervised and data_set.unsupervised else None,
        model(data_set.weakly_supervised, 'WS') if need_weak else None,
        tuple(rows),
        tuple(passed_over),
    )


def _with_distinct_labels(models: list[Model]) -> list[Model]:
    """Add the file name to rows of the same name."""
    labels = [model.label for model in models]
    return [
        Model(f'{model.label} ({model.runs[0].config})', model.runs, model.variant)
        if labels.count(model.label) > 1 and model.variant is None
        else model
        for model in models
    ]


def check_features(plan: TablePlan, runs: Sequence[SeededRun]) -> None:
    """Check the data before the first training starts.

    Args:
        plan: the plan; a data set that reads no files needs no check.
        runs: runs that are not finished.

    Raises:
        InputError: features or annotations are missing or damaged; names the environment variable.
    """
    variable = plan.data_set.variable
    if variable is None or not runs:
        return
    try:
        check_datasets(runs[0].composed, values=False)
    except MissingFeaturesError as error:
        # The message of the error is longer than a line.
        raise InputError(
            'no such file',
            file=error.looked_for[0],
            remedy=f'set {variable} to the folder with the features and annotations of {plan.data_set.title}',
        ) from error
    except InputError as error:
        raise InputError(str(error), remedy=f'{variable} names the folder of {plan.data_set.title}') from error
