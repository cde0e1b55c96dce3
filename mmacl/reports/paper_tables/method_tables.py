"""Tables of methods: Tables 1 and 2 of the paper with every method that is here, and methods by setting and round."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from mmacl.reports.paper_tables.layout import (
    Layout,
    Reader,
    cell_of,
    chance_figures,
    clustering_figures,
    difference_of,
    localization_figures,
    part_of,
    spoken,
    whole_video_figures,
)
from mmacl.reports.paper_tables.methods import SETTINGS
from mmacl.reports.paper_tables.plan import Model

# Label of the row, our model, published figures by column.
_Entry = tuple[str, str, Model | None, Mapping[str, float | None]]


def settings_table(layout: Layout, number: int | str) -> dict[str, Any]:
    """Build Table 1 or 2: every row of the paper, ours beside it where the method is here, then our other methods."""
    table = layout.published_beside(number)
    ours = {(model.setting, _plain(model.label)): model for model in layout.plan.methods}
    entries: list[_Entry] = []
    for row in table.rows if table else ():
        setting = row['setting'].lower()
        values = dict(zip(table.columns, row['values'], strict=True)) if table else {}
        entries.append((row['method'], setting, ours.pop((setting, _plain(row['method'])), None), values))
    entries += [(model.label, model.setting, model, model.published) for model in ours.values()]
    title = f'Table {number}{layout.mark}: mAP (%) by tIoU on {layout.place}, after the last round'
    return {'number': number, 'parts': [_by_tiou(layout, title, entries)]}


def methods_table(layout: Layout, number: int | str) -> dict[str, Any]:
    """Build the table of methods: each in each setting, whole videos in place of its segments, and its rounds."""
    models = layout.plan.methods
    title = f'Methods{layout.mark}: mAP (%) by tIoU on {layout.place}, after the last round'
    parts = [_by_tiou(layout, title, [(model.label, model.setting, model, model.published) for model in models])]
    whole = [layout.row(_labels(m), m, layout.cells(m, whole_video_figures, _columns(layout)), []) for m in models]
    title = f'Whole video{layout.mark}: mAP (%) of each whole video as one segment, with the best score of each class'
    columns = layout.columns([spoken(column) for column in _columns(layout)], 2, {})
    parts.append(part_of(title, ['method', 'setting'], columns, whole, []))
    unsupervised = [model for model in models if model.setting == 'us']
    if unsupervised:
        average = layout.plan.data_set.columns[-1]
        name = f'mAP (%), {spoken(average)}'
        parts.append(_by_round(layout, name, unsupervised, localization_figures, average, 2))
        parts.append(_by_round(layout, 'purity', unsupervised, clustering_figures, 'purity', 3, chance_figures))
    return {'number': number, 'parts': parts}


def _by_tiou(layout: Layout, title: str, entries: Sequence[_Entry]) -> dict[str, Any]:
    """Make a table of mAP at each tIoU, ours and published."""
    columns = _columns(layout)
    beside = [column for column in columns if any(column in published for _, _, _, published in entries)]
    rows = []
    for label, setting, model, published in entries:
        cells = layout.cells(model, localization_figures, columns) if model else [None] * len(columns)
        of_papers = [published.get(column) for column in beside]
        rows.append(layout.row([label, SETTINGS[setting]], model, cells, of_papers))
    names = layout.columns([spoken(column) for column in columns], 2, {spoken(column): 1 for column in beside})
    models = [model for _, _, model, _ in entries if model]
    return part_of(title, ['method', 'setting'], names, rows, layout.notes(models, bool(beside)))


def _by_round(
    layout: Layout,
    name: str,
    models: Sequence[Model],
    read: Reader,
    column: str,
    digits: int,
    by_chance: Reader | None = None,
) -> dict[str, Any]:
    """Make a table of one figure by round, and what the last round gains over the first, paired by run."""
    rounds = range(1, max(model.runs[0].num_rounds for model in models) + 1)
    rows = []
    for model in models:
        values = [layout.values(model, read, column, round_) for round_ in rounds]
        gain = difference_of(layout.values(model, read, column), values[0])
        gaining = gain and f'{sum(value > 0 for value in gain["values"].values())} of {gain["seeds"]}'
        chance = layout.cells(model, by_chance, [column]) if by_chance else []
        rows.append({'labels': [model.label], 'cells': [*map(cell_of, values), gain, gaining, *chance]})
    columns = [
        *layout.own_columns([f'round {round_}' for round_ in rounds], digits),
        *layout.own_columns(['last less first'], digits, signed=True),
        *layout.own_columns(['runs that gain'], 0),
        *(layout.own_columns(['chance: clusters shuffled'], digits) if by_chance else []),
    ]
    return part_of(f'Rounds{layout.mark}: {name}, by round', ['method'], columns, rows, [])


def _columns(layout: Layout) -> tuple[str, ...]:
    return layout.plan.data_set.columns


def _labels(model: Model) -> list[str]:
    return [model.label, SETTINGS[model.setting]]


def _plain(title: str) -> str:
    """Return a name without marks and capitals: papers write W-TALC and WTALC."""
    return re.sub(r'[^a-z0-9]', '', title.lower())
