"""Tables 3 and 4: the rounds of one model."""

from __future__ import annotations

from typing import Any

from mmacl.reports.paper_tables.figures import CLUSTERING, clustering_figures, localization_figures
from mmacl.reports.paper_tables.layout import Layout, part_of, spoken

_NAMES = {'purity': 'purity', 'ari': 'ARI', 'nmi': 'NMI'}


def rounds_table(layout: Layout, number: int) -> dict[str, Any]:
    """Tables 3 and 4: one run's rounds."""
    table, model = layout.published_beside(number), layout.plan.unsupervised
    if model is None:
        raise ValueError(f'Table {number} is made from an unsupervised model')
    clustering = number == 3
    columns = CLUSTERING if clustering else layout.plan.data_set.columns
    names = [_NAMES[column] if clustering else spoken(column) for column in columns]
    figures = clustering_figures if clustering else localization_figures
    rows = [
        layout.row(str(round_), model, figures, columns, table, table.row(round=round_) if table else {}, round_=round_)
        for round_ in range(1, model.runs[0].num_rounds + 1)
    ]
    what = 'clusters of the training videos' if clustering else 'mAP (%) by tIoU'
    part = part_of(
        f'Table {number}{layout.mark}: {what}, by round on {layout.place}',
        ['round'],
        layout.columns(names, table, columns, 3 if clustering else 2),
        rows,
        layout.notes([model], table),
    )
    return {'number': number, 'parts': [part]}
