"""Tables as Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    lines = [f'{"#" * heading} {tables["title"]}', '', *_separated(introduction(tables)), '']
    for part in parts_of(tables):
        lines += [f'{"#" * (heading + 1)} {part["title"]}', '', *_table(part, tables), '']
        lines += [f'- {_plain(note)}' for note in part['notes']]
        lines += [''] if part['notes'] else []
    return '\n'.join(lines)


def _separated(paragraphs: Sequence[str]) -> list[str]:
    """Put an empty line between paragraphs."""
    return [line for paragraph in paragraphs for line in (paragraph, '')][:-1]


def introduction(tables: dict[str, Any]) -> list[str]:
    """Return paragraphs, in Markdown, that say what the figures are."""
    seeds = ', '.join(map(str, tables['seeds']))
    folds = f' and folds {", ".join(tables["folds"])}, each a data set of its own' if tables.get('folds') else ''
    lines = []
    if tables['simulated']:
        lines.append('**All our figures on this page are simulated**: they say nothing about real video.')
    protocol = f' by the protocol `{tables["protocol"]}`' if tables['protocol'] else ''
    lines.append(
        f'Ours: mean ± sample standard deviation over seeds {seeds}{folds}; mAP of the fused predictions{protocol}, '
        'after the last round unless a round is named. '
        + (
            '**Checkpoints were chosen by labels of the test videos.**'
            if tables['best_on_test']
            else 'Strict: the last checkpoint counts; nothing is chosen by labels.'
        )
    )
    if any(column['source'] == 'published' for part in parts_of(tables) for column in part['columns']):
        lines.append('Published: as printed in the papers, not measured here.')
    if tables['options']:
        lines.append(f'Overrides: `{" ".join(tables["options"])}`.')
    missing = [run for run in tables['runs'] if run['state'] == 'missing']
    failed = [run for run in tables['runs'] if run['state'] == 'failed']
    if missing:
        lines.append(f'**Not complete**: {len(missing)} of {len(tables["runs"])} trainings have not run yet.')
    if failed:
        lines.append(f'**{len(failed)} of {len(tables["runs"])} trainings failed**; see below the tables.')
    return lines


def parts_of(tables: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the parts of all tables, in order."""
    return [part for table in tables['tables'] for part in table['parts']]


def texts_of(part: dict[str, Any], tables: dict[str, Any]) -> list[list[str]]:
    """Return the header and the rows of a part as text."""
    runs = len(tables['seeds']) * max(len(tables.get('folds', ())), 1)
    headers = [*part['labels'], *(column['header'] for column in part['columns'])]
    return [headers, *(_texts_of_row(part['columns'], row, runs) for row in part['rows'])]


def _texts_of_row(columns: Sequence[dict[str, Any]], row: dict[str, Any], runs: int) -> list[str]:
    failed = f' ({row["failed"]} failed)' if row.get('failed') else ''
    labels = [*row['labels'][:-1], f'{row["labels"][-1]}{failed}']
    return [*labels, *(_cell(column, cell, runs) for column, cell in zip(columns, row['cells'], strict=True))]


def _table(part: dict[str, Any], tables: dict[str, Any]) -> list[str]:
    header, *rows = texts_of(part, tables)
    rule = ['---'] * len(part['labels']) + ['---:'] * len(part['columns'])
    return [_line(header), f'|{"|".join(rule)}|', *map(_line, rows)]


def _line(cells: Sequence[str]) -> str:
    return f'| {" | ".join(map(_plain, cells))} |'


def _plain(text: str) -> str:
    """Write a text on one line with its bars escaped, for a cell of a table."""
    return ' '.join(text.split()).replace('|', '\\|')


def _cell(column: dict[str, Any], cell: Any, runs: int) -> str:
    if cell is None or isinstance(cell, str):
        return cell or _EMPTY
    digits = column['digits']
    if not isinstance(cell, dict):
        if column['source'] != 'published':
            return str(cell) if cell == runs else f'{cell} of {runs}'
        return f'{cell:.{digits}f}'
    return format_spread(cell, digits, sign='+' if column.get('signed') else '', between='±')


def averages_of_methods(tables: Mapping[str, Any]) -> tuple[list[str], list[list[str]]]:
    """Shorten the tables of methods: a row a method, the average mAP by setting.

    Args:
        tables: the content of ``tables.json`` of ``paper_tables.py --methods``.

    Returns:
        Header and rows: method, first round without labels, last round without labels, video-level labels.
    """
    last, _, rounds, *_ = tables['tables'][0]['parts']
    column = next(index for index, each in enumerate(last['columns']) if each['header'].startswith('average'))
    figures = {tuple(row['labels']): row['cells'][column] for row in last['rows']}
    first = {row['labels'][0]: row['cells'][0] for row in rounds['rows']}
    rows = []
    for name in dict.fromkeys(name for name, _ in figures):
        cells = (first.get(name), figures.get((name, 'unsupervised')), figures.get((name, 'weakly supervised')))
        rows.append([name, *('' if cell is None else format_spread(cell, 1, between='±') for cell in cells)])
    return ['average mAP', 'no labels, first round', 'no labels, last round', 'video-level labels'], rows
