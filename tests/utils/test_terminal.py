"""Changes to a terminal are undone, once, the latest first; bars are for terminals alone."""

from __future__ import annotations

import sys

import pytest

from mmacl.utils import on_leaving_terminal, restore_terminal, start_bar, track


def test_undone_once_and_in_turn():
    undone: list[int] = []
    for number in (1, 2):
        on_leaving_terminal(lambda number=number: undone.append(number))
    restore_terminal()
    restore_terminal()
    assert undone == [2, 1]


def test_elsewhere_than_on_a_terminal_there_is_no_bar(capsys):
    assert start_bar() is None
    assert list(track([3, 4], 'reading')) == [3, 4]
    assert capsys.readouterr().out == ''


def test_a_bar_on_a_terminal_ends_with_its_items_or_with_the_tool(capsys, monkeypatch):
    monkeypatch.setattr(sys.stdout, 'isatty', lambda: True)
    assert list(track((x for x in 'ab'), 'reading', 2)) == ['a', 'b']
    assert 'reading' in capsys.readouterr().out

    def fail():
        for item in track([1, 2], 'drawing'):
            raise ZeroDivisionError(item)

    with pytest.raises(ZeroDivisionError):
        fail()
    bar = start_bar()
    bar.add_task('work', total=1)
    restore_terminal()
    assert not bar.live.is_started
