"""Draw live bars on a terminal, and restore it however a command ends."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sized
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from rich.progress import Progress, ProgressColumn

_Item = TypeVar('_Item')
_restorers: list[Callable[[], None]] = []


def on_leaving_terminal(restore: Callable[[], None]) -> None:
    """Register a function that undoes a change to the terminal, such as a hidden cursor."""
    _restorers.append(restore)


def restore_terminal() -> None:
    """Undo all registered changes, the latest first; some may be undone already."""
    while _restorers:
        _restorers.pop()()


def start_bar(*columns: ProgressColumn) -> Progress | None:
    """Start a live bar on standard output; None if that is no terminal. :func:`restore_terminal` stops it."""
    if not sys.stdout.isatty():
        return None
    from rich.console import Console
    from rich.progress import Progress

    bar = Progress(*columns, console=Console(file=sys.stdout))
    bar.start()
    on_leaving_terminal(bar.stop)
    return bar


def track(items: Iterable[_Item], what: str, total: int | None = None) -> Iterable[_Item]:
    """Pass items on, with a live bar if standard output is a terminal.

    Args:
        items: of any kind.
        what: text beside the bar.
        total: how many there are; None: as many as ``items`` has.
    """
    bar = start_bar()
    if bar is None:
        yield from items
        return
    if total is None and isinstance(items, Sized):
        total = len(items)
    try:
        yield from bar.track(items, total=total, description=what)
    finally:
        bar.stop()
