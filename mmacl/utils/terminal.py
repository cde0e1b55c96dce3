"""A terminal is left as it was found, however a tool ends."""

from __future__ import annotations

from collections.abc import Callable

_restorers: list[Callable[[], None]] = []


def on_leaving_terminal(restore: Callable[[], None]) -> None:
    """Remember what undoes a change to the terminal, such as a live bar that hides the cursor."""
    _restorers.append(restore)


def restore_terminal() -> None:
    """Undo all such changes, the latest first; what was undone already must not mind."""
    while _restorers:
        _restorers.pop()()
