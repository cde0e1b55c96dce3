"""Show tables of figures."""

from __future__ import annotations

from typing import Any

from mmacl.utils.tables import draw_table

from .setting import Tables


def show(tables: Tables) -> str:
    """Draw tables with their titles; a column that no row has filled is left out."""
    return '\n'.join(_show(title, rows) for title, rows in tables.items() if rows)


def _show(title: str, rows: list[dict[str, Any]]) -> str:
    """Draw a table; columns are in the order in which rows name them."""
    columns = [name for name in dict.fromkeys(key for row in rows for key in row) if _filled(name, rows)]
    words = sum(any(isinstance(row.get(name), str) for row in rows) for name in columns)
    cells = [columns, *([_text(row.get(name)) for name in columns] for row in rows)]
    return draw_table(cells, title, first_numbers=words)


def _filled(name: str, rows: list[dict[str, Any]]) -> bool:
    return any(row.get(name) is not None for row in rows)


def _text(value: Any) -> str:
    """Four digits; a dash for what was not measured."""
    if value is None:
        return '-'
    if isinstance(value, bool | str):
        return str(value)
    return f'{value:,}' if isinstance(value, int) else f'{value:.4g}'
