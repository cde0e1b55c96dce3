"""Tables for people, drawn with characters."""

from __future__ import annotations

from collections.abc import Sequence


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
