"""Build the tables from the rows of finished rounds: ours as mean and deviation over seeds, published ones beside."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mmacl.config import shipped_configs
from mmacl.reports.paper_tables.data_sets import METHODS
from mmacl.reports.paper_tables.layout import (
    CLUSTERING,
    Layout,
    Reader,
    clustering_figures,
    difference_of,
    localization_figures,
    part_of,
    spoken,
)
from mmacl.reports.paper_tables.method_tables import methods_table, settings_table
from mmacl.reports.paper_tables.plan import Model, TablePlan
from mmacl.runs.run_queue import Outcome
from mmacl.runs.seeded_run import SeededRun
from mmacl.version import __version__

_CLUSTERING_NAMES = {'purity': 'purity', 'ari': 'ARI', 'nmi': 'NMI'}
_COMPARED_WITH = ('the row above', 'the first row', 'the row it builds on', 'the full model')


def build_tables(plan: TablePlan, outcomes: Mapping[str, Outcome]) -> dict[str, Any]:
    """Build all tables of a plan as one JSON object from the runs that are finished so far.

    The object depends only on the configs, the seeds and the figures, not on when, where or in how many sessions the
    trainings ran.

    Args:
        plan: the tables.
        outcomes: ended runs, by key of the run.

    Returns:
        ``title``, ``simulated``, ``seeds``, ``folds``, ``complete``, ``runs`` (each with its ``state`` and the rows of
        its ``rounds``) and ``tables``; each has ``parts`` with ``title``, ``columns`` and ``rows``. The source of a
        column is ``measured``, ``simulated`` or ``published``. A cell of ours holds ``mean``, ``std`` (None for a
        single run), ``seeds`` (the number of runs: seeds times folds) and ``values`` by seed (``'0'``, with folds
        ``'fold1/0'``); a published cell is a number; a text stands as it is; None is an empty cell. ``failed`` of a row
        counts failed runs.
    """
    layout = Layout(plan, outcomes)
    runs = [_run_entry(run, outcomes.get(run.key)) for run in plan.runs]
    evaluator = plan.models[0].runs[0].composed.get('val_evaluator') or {}
    what = 'Methods' if plan.tables == (METHODS,) else 'Tables of the paper'
    return {
        'title': f'{what} on {layout.place}{layout.mark}',
        'dataset': plan.data_set.name,
        'simulated': layout.simulated,
        'seeds': list(plan.seeds),
        'folds': list(plan.folds),
        'options': list(plan.options),
        'protocol': evaluator.get('protocol'),
        'best_on_test': layout.best_on_test,
        'mmacl': __version__,
        'complete': all(run['state'] == 'done' for run in runs),
        'tables': [_MAKERS[number](layout, number) for number in plan.tables],
        'runs': runs,
    }


def _run_entry(run: SeededRun, outcome: Outcome | None) -> dict[str, Any]:
    root = shipped_configs().parent
    entry: dict[str, Any] = {
        'config': run.config.relative_to(root).as_posix() if run.config.is_relative_to(root) else str(run.config),
        'seed': run.seed,
        **({'fold': run.fold} if run.fold else {}),
        'state': 'missing' if outcome is None else 'failed' if outcome.rows is None else 'done',
        'work_dir': run.work_dir.relative_to(run.out).as_posix(),
    }
    if outcome is not None and outcome.error is not None:
        entry['error'] = outcome.error
    entry['rounds'] = (outcome.rows if outcome is not None else None) or []
    return entry


def rounds_table(layout: Layout, number: int | str) -> dict[str, Any]:
    """Build Table 3 or 4: the rounds of one model."""
    table, model = layout.published_beside(number), layout.plan.rounds
    if model is None:
        raise ValueError(f'Table {number} needs an unsupervised model')
    clustering = number == 3
    columns = CLUSTERING if clustering else layout.plan.data_set.columns
    shown = {c: _CLUSTERING_NAMES[c] if clustering else spoken(c) for c in columns}
    beside = [c for c in columns if table and c in table.columns]
    rows = []
    for round_ in range(1, model.runs[0].num_rounds + 1):
        cells = layout.cells(model, clustering_figures if clustering else localization_figures, columns, round_)
        of_paper = table.row(round=round_) if table else {}
        rows.append(layout.row([str(round_)], model, cells, [of_paper.get(column) for column in beside]))
    what = 'clusters of the training videos' if clustering else 'mAP (%) by tIoU'
    part = part_of(
        f'Table {number}{layout.mark}: {what}, by round on {layout.place}',
        ['round'],
        layout.columns(
            list(shown.values()), 3 if clustering else 2, {shown[c]: 3 if clustering else 1 for c in beside}
        ),
        rows,
        layout.notes([model], table is not None),
    )
    return {'number': number, 'parts': [part]}


def ablation_table(layout: Layout, number: int | str) -> dict[str, Any]:
    """Build Table 5: average mAP and purity of each variant, then their differences, paired by seed."""
    table, models = layout.published_beside(number), list(layout.plan.variants)
    average = layout.plan.data_set.columns[-1]
    # Labels from the annotations have no purity.
    clustered = layout.plan.data_set.base.stem.endswith('_us')
    name = f'mAP (%), {spoken(average)}'
    rows = []
    for model in models:
        of_paper = table.row(variant=model.variant) if table and model.variant else {}
        cells = layout.cells(model, localization_figures, [average])
        cells += layout.cells(model, clustering_figures, ['purity']) if clustered else []
        rows.append(layout.row([model.label], model, cells, [of_paper.get(average)] if table else []))
    columns = layout.columns([name, *(['purity'] if clustered else [])], 2, {name: 2} if table else {})
    if clustered:
        columns[1]['digits'] = 3
    main = part_of(
        f'Table {number}{layout.mark}: variants on {layout.place}, after the last round',
        ['model'],
        columns,
        rows,
        layout.notes(models, table is not None),
    )
    differences = [_differences(layout, number, name, localization_figures, average, 2)]
    if clustered:
        differences.append(_differences(layout, number, 'purity', clustering_figures, 'purity', 3))
    return {'number': number, 'parts': [main, *(differences if len(models) > 1 else [])]}


def _differences(layout: Layout, number: int | str, name: str, read: Reader, column: str, digits: int) -> Any:
    """Subtract other rows of Table 5 from each row: rows share their seeds, so differences vary less than figures."""
    models = layout.plan.variants
    values = {model: layout.values(model, read, column) for model in models}
    rows = []
    for index, model in enumerate(models):
        others = _others(layout, index)
        cells = [
            None if other is None or other is model else difference_of(values[model], values[other]) for other in others
        ]
        rows.append({'labels': [model.label], 'cells': cells})
    columns = layout.own_columns([f'less {other}' for other in _COMPARED_WITH], digits, signed=True)
    title = f'Table {number}{layout.mark}: differences of {name}, paired by seed'
    return part_of(title, ['model'], columns, rows, [])


def _others(layout: Layout, index: int) -> list[Model | None]:
    """Return the models to compare a row with, in the order of the columns."""
    models = layout.plan.variants
    by_variant = {model.variant: model for model in models if model.variant is not None}
    builds_on = next(
        (row['builds_on'] for row in layout.published[5].rows if row['variant'] == models[index].variant), None
    )
    return [
        models[index - 1] if index else None,
        models[0] if index else None,
        by_variant.get(str(builds_on)),
        by_variant.get('us'),
    ]


_MAKERS: dict[int | str, Callable[[Layout, int | str], dict[str, Any]]] = {
    METHODS: methods_table,
    1: settings_table,
    2: settings_table,
    3: rounds_table,
    4: rounds_table,
    5: ablation_table,
}
