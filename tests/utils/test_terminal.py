"""What was changed of a terminal is undone, once, the latest first."""

from __future__ import annotations

from mmacl.utils import on_leaving_terminal, restore_terminal


def test_undone_once_and_in_turn():
    undone: list[int] = []
    for number in (1, 2):
        on_leaving_terminal(lambda number=number: undone.append(number))
    restore_terminal()
    restore_terminal()
    assert undone == [2, 1]
