"""Tables for people, drawn with characters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def draw_table(cells: Sequence[Sequence[str]], title: str = '', first_numbers: int = 0) -> str:
    """Draw a table whose first row is the header.

    Args:
        cells: rows of text.
        title: stands in the upper border, or above the table where it is wider than the table.
        first_numbers: the first column of numbers; from there on columns are aligned to the right.
    """
    from terminaltables import AsciiTable  # not needed by what only reads or checks

    table = AsciiTable([list(row) for row in cells], f' {title} ' if title else None)
    for column in range(first_numbers, len(cells[0])):
        table.justify_columns[column] = 'right'
    text = str(table.table)
    # terminaltables drops a title that is wider than its table.
    return text if title in text else f'{title}\n{text}'


def cells_of(rows: Sequence[Mapping[str, object]]) -> list[list[str]]:
    """Turn rows of figures, by the names of their columns, into cells of text below a header.

    Columns are in the order in which rows name them; one that is None in every row is left out. Numbers have four
    digits; a dash is for what a row lacks.
    """
    names = dict.fromkeys(name for row in rows for name in row)
    columns = [name for name in names if any(row.get(name) is not None for row in rows)]
    return [columns, *([_text(row.get(name)) for name in columns] for row in rows)]


def _text(value: object) -> str:
    if value is None:
        return '-'
    if isinstance(value, float):
        return f'{value:,.0f}' if abs(value) >= 1e4 else f'{value:.4g}'
    return f'{value:,}' if isinstance(value, int) and not isinstance(value, bool) else str(value)
