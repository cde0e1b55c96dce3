"""Table 5: the variants, and the differences between them, seed by seed."""

from __future__ import annotations

from typing import Any

from mmacl.reports.paper_tables.figures import (
    Reader,
    clustering_figures,
    difference_of,
    localization_figures,
    values_by_seed,
)
from mmacl.reports.paper_tables.layout import Layout, part_of, spoken
from mmacl.reports.paper_tables.plan import Model

_AGAINST = ('the row above', 'the first row', 'the row it builds on', 'the full model')


def ablation_table(layout: Layout, number: int) -> dict[str, Any]:
    """Average mAP and purity of each variant, then their differences, paired by seed."""
    table, models = layout.published_beside(number), list(layout.plan.variants)
    average = layout.plan.data_set.columns[-1]
    # Labels that are the annotations have no purity.
    clustered = layout.plan.data_set.unsupervised is not None
    rows = []
    for model in models:
        beside = table.row(variant=model.variant) if table and model.variant else {}
        row = layout.row(model.label, model, localization_figures, [average], table, beside)
        if clustered:
            row['cells'].insert(1, layout.cell(model, clustering_figures, 'purity'))
        rows.append(row)
    columns = layout.columns([f'mAP (%), {spoken(average)}'], table, [average], 2)
    if clustered:
        columns.insert(1, {'header': f'purity{layout.own_mark}', 'source': layout.own_source, 'digits': 3})
    main = part_of(
        f'Table {number}{layout.mark}: variants on {layout.place}, after the last round',
        ['model'],
        columns,
        rows,
        layout.notes(models, table),
    )
    differences = [_differences(layout, number, f'mAP (%), {spoken(average)}', localization_figures, average, 2)]
    if clustered:
        differences.append(_differences(layout, number, 'purity', clustering_figures, 'purity', 3))
    return {'number': number, 'parts': [main, *(differences if len(models) > 1 else [])]}


def _differences(layout: Layout, number: int, name: str, read: Reader, column: str, digits: int) -> dict[str, Any]:
    """Each row of Table 5 less others: rows share their seeds, so the differences vary less than the figures."""
    models = layout.plan.variants
    values = {model: values_by_seed(model, layout.outcomes, read, column) for model in models}
    rows = []
    for index, model in enumerate(models):
        others = _others(layout, index)
        cells = [
            None if other is None or other is model else difference_of(values[model], values[other]) for other in others
        ]
        rows.append({'labels': [model.label], 'cells': cells})
    columns = [
        {'header': f'less {other}{layout.own_mark}', 'source': layout.own_source, 'digits': digits, 'signed': True}
        for other in _AGAINST
    ]
    title = f'Table {number}{layout.mark}: differences of {name}, paired by seed'
    return part_of(title, ['model'], columns, rows, [])


def _others(layout: Layout, index: int) -> list[Model | None]:
    """The models that one is compared with, in the order of the columns."""
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
