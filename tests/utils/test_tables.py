"""Tables for people."""

from __future__ import annotations

import pytest

from mmacl.utils.tables import cells_of, draw_table

CELLS = [['Round', 'Purity'], ['1', '0.5'], ['10', '0.25']]


def test_numbers_are_aligned_to_the_right():
    assert draw_table([['Name', 'n'], ['a', '1'], ['bcdef', '200']], first_numbers=1).splitlines()[3:5] == [
        '| a     |   1 |',
        '| bcdef | 200 |',
    ]


@pytest.mark.parametrize(('title', 'lines'), [('', 6), ('Table 3', 6), ('a title wider than its table', 7)])
def test_title_is_never_lost(title, lines):
    text = draw_table(CELLS, title)
    assert title in text.splitlines()[0]
    assert len(text.splitlines()) == lines


def test_rows_of_figures_become_cells():
    rows = [{'way': 'a', 's': 1234.5678, 'none': None}, {'way': 'b', 'n': 45000, 's': 12345.6}]
    assert cells_of(rows) == [['way', 's', 'n'], ['a', '1235', '-'], ['b', '12,346', '45,000']]
