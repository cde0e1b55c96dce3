"""Which trainings a set of tables needs."""

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
    """One config under every seed: a row of a table, or the rounds of one.

    Attributes:
        label: what its row is called.
        runs: one a seed.
        variant: which of the paper's rows it is, in Table 5; None for a variant of the user's.
    """

    label: str
    runs: tuple[SeededRun, ...]
    variant: str | None = None


@dataclass(frozen=True)
class TablePlan:
    """The tables that are wanted, and the models that they show.

    Attributes:
        data_set: what they are made on.
        tables: their numbers.
        seeds: the seeds.
        out: folder for all runs.
        options: overrides, as for ``--cfg-options``: ``'key=value'``.
        unsupervised, weakly_supervised: the models of Tables 1 to 4, as far as they are shown.
        variants: the rows of Table 5: the paper's in its order, then others.
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
        """All models; one can be there twice."""
        return tuple(model for model in (self.unsupervised, self.weakly_supervised, *self.variants) if model)

    @property
    def runs(self) -> list[SeededRun]:
        """All trainings, each once; those of the first seed come first, so that every table has a number early."""
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
    """Find the configs of the tables, and read each.

    Args:
        data_set: what the tables are made on.
        tables: their numbers; none for the usual ones of the data set.
        seeds: the seeds; one that stands there twice counts once.
        out: folder for all runs.
        options: overrides, as for ``--cfg-options``: ``'key=value'``.
        variants: folders with further configs, each a row of Table 5, besides ``configs/acl/ablations``.
        plugins: modules to import first.

    Raises:
        InputError: a table that cannot be made on the data set, or a config that cannot be read.
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
            # The folder that comes with mmacl holds the variants of several data sets.
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
    """Rows of the same name get that of their file as well."""
    labels = [model.label for model in models]
    return [
        Model(f'{model.label} ({model.runs[0].config})', model.runs, model.variant)
        if labels.count(model.label) > 1 and model.variant is None
        else model
        for model in models
    ]


def check_features(plan: TablePlan, runs: Sequence[SeededRun]) -> None:
    """Look at the data before the first training starts.

    Args:
        plan: the plan; nothing is looked at where its data set reads no files.
        runs: those that are still to be run.

    Raises:
        InputError: features or annotations are missing or damaged; names the environment variable.
    """
    variable = plan.data_set.variable
    if variable is None or not runs:
        return
    try:
        check_datasets(runs[0].composed, values=False)
    except MissingFeaturesError as error:
        # Its message is longer than a line.
        raise InputError(
            'no such file',
            file=error.looked_for[0],
            remedy=(f'set {variable} to the folder that holds the features and annotations of {plan.data_set.title}'),
        ) from error
    except InputError as error:
        raise InputError(str(error), remedy=f'{variable} names the folder of {plan.data_set.title}') from error
