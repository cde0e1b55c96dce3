"""Tables as Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mmacl.utils.spread import format_spread

_EMPTY = '–'


def render_markdown(tables: dict[str, Any], heading: int = 1) -> str:
    """Render the object that :func:`build_tables` makes and ``tables.json`` holds.

    Args:
        tables: the object.
        heading: level of the page's heading; the tables' headings are one below.

    Returns:
        The page, with a newline at its end.
    """
    lines = [f'{"#" * heading} {tables["title"]}', '', *_introduction(tables), '']
    for table in tables['tables']:
        for part in table['parts']:
            lines += [f'{"#" * (heading + 1)} {part["title"]}', '', *_table(part, len(tables['seeds'])), '']
            for note in part['notes']:
                lines += [f'- {_plain(note)}']
            lines += [''] if part['notes'] else []
    return '\n'.join(lines)


def _introduction(tables: dict[str, Any]) -> list[str]:
    seeds = ', '.join(map(str, tables['seeds']))
    lines = []
    if tables['simulated']:
        lines.append('**All our figures on this page are simulated**: they say nothing about real video.')
    protocol = f' by the protocol `{tables["protocol"]}`' if tables['protocol'] else ''
    lines.append(
        f'Ours: mean ± sample standard deviation over seeds {seeds}; mAP of the fused streams{protocol}, after the '
        'last round unless a round is named. '
        + (
            '**Checkpoints were chosen by labels of the test videos.**'
            if tables['best_on_test']
            else 'Strict: the last checkpoint counts; nothing is chosen by labels.'
        )
    )
    if any(column['source'] == 'published' for part in _parts(tables) for column in part['columns']):
        lines.append('Published: as printed in the paper, not measured here.')
    if tables['options']:
        lines.append(f'Overrides: `{" ".join(tables["options"])}`.')
    missing = [run for run in tables['runs'] if run['state'] == 'missing']
    failed = [run for run in tables['runs'] if run['state'] == 'failed']
    if missing:
        lines.append(f'**Not complete**: {len(missing)} of {len(tables["runs"])} trainings have not run yet.')
    if failed:
        lines.append(f'**{len(failed)} of {len(tables["runs"])} trainings failed**; see below the tables.')
    return [line for paragraph in lines for line in (paragraph, '')][:-1]


def _parts(tables: dict[str, Any]) -> list[dict[str, Any]]:
    return [part for table in tables['tables'] for part in table['parts']]


def _table(part: dict[str, Any], num_seeds: int) -> list[str]:
    headers = [*part['labels'], *(column['header'] for column in part['columns'])]
    rows = [
        [
            *row['labels'],
            *(_cell(column, cell, num_seeds) for column, cell in zip(part['columns'], row['cells'], strict=True)),
        ]
        for row in part['rows']
    ]
    rule = ['---'] * len(part['labels']) + ['---:'] * len(part['columns'])
    return [_line(headers), f'|{"|".join(rule)}|', *map(_line, rows)]


def _line(cells: Sequence[str]) -> str:
    return f'| {" | ".join(map(_plain, cells))} |'


def _plain(text: str) -> str:
    """Write a text on one line with its bars escaped, for a cell of a table."""
    return ' '.join(text.split()).replace('|', '\\|')


def _cell(column: dict[str, Any], cell: Any, num_seeds: int) -> str:
    if cell is None:
        return _EMPTY
    digits = column['digits']
    if not isinstance(cell, dict):
        if column['source'] != 'published':
            return str(cell) if cell == num_seeds else f'{cell} of {num_seeds}'
        return f'{cell:.{digits}f}'
    return format_spread(cell, digits, sign='+' if column.get('signed') else '', between='±')
