"""Share work between processes by locks on files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from typing import TypeVar

import filelock

_Item = TypeVar('_Item')


def take_turns(items: Iterable[_Item], locks_of: Callable[[_Item], Iterable[filelock.BaseFileLock]]) -> Iterator[_Item]:
    """Yield every item while this process holds its locks; those that others hold come last, when they are free.

    Args:
        items: of any kind.
        locks_of: the locks of an item, in the same order in all processes.
    """
    waiting = list(items)
    for patience in (0.0, -1.0):
        taken_elsewhere = []
        for item in waiting:
            with ExitStack() as held:
                try:
                    for lock in locks_of(item):
                        held.enter_context(lock.acquire(timeout=patience))
                except filelock.Timeout:
                    taken_elsewhere.append(item)
                    continue
                yield item
        waiting = taken_elsewhere
