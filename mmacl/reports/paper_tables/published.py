"""The paper's own numbers, as printed in its Tables 1 to 5."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mmacl.utils.strict_json import read_strict_json

FILE = Path(__file__).with_name('published.json')


@dataclass(frozen=True)
class PublishedTable:
    """One table of the paper.

    Attributes:
        number: of the table.
        dataset: data set that it was measured on.
        columns: ``'0.3'`` for mAP at a tIoU of 0.3, ``'avg(0.3:0.7)'``, ``'purity'``, ...; mAP in per cent.
        rows: with ``row`` (from the top, from 1), ``values`` by column (None where the paper has a dash), and what
            tells the row from others: ``setting`` and ``method``, ``round``, or ``method`` and ``variant``, the end of
            our config's name; ``builds_on`` is the variant that a row adds one thing to (Sec. 4.5).
    """

    number: int
    dataset: str
    columns: tuple[str, ...]
    rows: tuple[dict[str, Any], ...]

    def row(self, **which: Any) -> dict[str, float | None]:
        """Column -> number of the row with these values, such as ``round=2``; empty where there is none."""
        for row in self.rows:
            if all(row.get(name) == value for name, value in which.items()):
                return dict(zip(self.columns, row['values'], strict=True))
        return {}


def read_published() -> dict[int, PublishedTable]:
    """All tables by number."""
    tables = read_strict_json(FILE, 'the published figures')['tables']
    return {
        int(number): PublishedTable(int(number), table['dataset'], tuple(table['columns']), tuple(table['rows']))
        for number, table in tables.items()
    }
