"""The tables of methods as a page of their own, and on the page of a run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mmacl.reports.page.render import render_page
from mmacl.reports.page.round_tables import Table
from mmacl.reports.paper_tables.data_sets import METHODS
from mmacl.reports.paper_tables.render import introduction, parts_of, texts_of
from mmacl.utils import InputError
from mmacl.utils.strict_json import read_strict_json

# tables.json is in the folder of all runs: OUT/<config>/[<fold>/]seed_<seed>.
_FARTHEST = 3


def render_tables_page(tables: dict[str, Any]) -> str:
    """Render the object that ``tables.json`` holds as one HTML file that loads nothing."""
    content = {'title': tables['title'], 'mmacl': tables['mmacl'], **_content(tables)}
    return render_page({**content, 'simulated': False}, 'tables.html', ())


def method_tables_beside(work_dir: Path) -> dict[str, Any] | None:
    """Read the tables of methods among whose runs a run is; None if there are none."""
    for folder in work_dir.resolve().parents[:_FARTHEST]:
        if not (folder / 'tables.json').is_file():
            continue
        try:
            tables = read_strict_json(folder / 'tables.json', 'the tables of methods')
            chosen = [table for table in tables['tables'] if table['number'] in (METHODS, 1, 2)]
            return _content({**tables, 'tables': chosen}) if chosen else None
        except (InputError, KeyError, TypeError):  # a file of somebody else
            return None
    return None


def _content(tables: dict[str, Any]) -> dict[str, Any]:
    notes: Sequence[str] = [note for part in parts_of(tables) for note in part['notes']]
    return {
        'introduction': [text.replace('**', '').replace('`', '') for text in introduction(tables)],
        'tables': [_table(part, tables) for part in parts_of(tables)],
        'notes': list(dict.fromkeys(notes)),
    }


def _table(part: dict[str, Any], tables: dict[str, Any]) -> Table:
    heading, *rows = texts_of(part, tables)
    return Table(part['title'], heading, rows, texts=len(part['labels']))
