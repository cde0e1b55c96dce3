"""Tables 1 and 2: both settings at each tIoU, and the methods that the paper compares with."""

from __future__ import annotations

from typing import Any

from mmacl.reports.paper_tables.figures import localization_figures
from mmacl.reports.paper_tables.layout import Layout, part_of, spoken

_SETTINGS = {'US': 'unsupervised', 'WS': 'weakly supervised', 'FS': 'fully supervised'}


def settings_table(layout: Layout, number: int) -> dict[str, Any]:
    """Tables 1 and 2: both settings at each tIoU, and the methods that the paper compares with."""
    table = layout.published_beside(number)
    columns = layout.plan.data_set.columns
    rows = []
    models = [model for model in (layout.plan.weakly_supervised, layout.plan.unsupervised) if model is not None]
    for model in models:
        beside = table.row(method='ACL', setting=model.label) if table else {}
        rows.append(layout.row(_SETTINGS[model.label], model, localization_figures, columns, table, beside))
    part = part_of(
        f'Table {number}{layout.mark}: mAP (%) by tIoU on {layout.place}, after the last round',
        ['setting'],
        layout.columns([spoken(column) for column in columns], table, columns, 2),
        rows,
        layout.notes(models, table),
    )
    return {'number': number, 'parts': [part, *_compared_methods(layout, number)]}


def _compared_methods(layout: Layout, number: int) -> list[dict[str, Any]]:
    """The paper's whole table, as published."""
    table = layout.published_beside(number)
    if table is None:
        return []
    columns = [
        {'header': f'{spoken(column)}{layout.published_mark(table)}', 'source': 'published', 'digits': 1}
        for column in table.columns
    ]
    rows = [{'labels': [_SETTINGS[row['setting']], row['method']], 'cells': list(row['values'])} for row in table.rows]
    title = f'Table {number}, published: the methods that the paper compares, mAP (%) by tIoU on {table.dataset}'
    return [
        {
            'title': title,
            'labels': ['setting', 'method'],
            'columns': columns,
            'rows': rows,
            'notes': layout.notes([], table),
        }
    ]
