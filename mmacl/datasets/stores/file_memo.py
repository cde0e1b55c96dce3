"""What was found out about files, for as long as they stay the same."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Generic, TypeVar

from mmacl.datasets.stores.array_place import FileStamp

_Found = TypeVar('_Found')


class FileMemo(Generic[_Found]):
    """Spare opening and understanding a file at every request.

    A copy in another process starts empty. Two threads may look at a new file at once; the result of one is kept.

    Args:
        in_one_process: whether to start empty after a fork too, as open files must.
    """

    def __init__(self, in_one_process: bool = False) -> None:
        self._in_one_process = in_one_process
        self._kept: dict[str, tuple[int, FileStamp, _Found]] = {}

    def get(self, path: str, look: Callable[[str], _Found]) -> tuple[_Found, FileStamp]:
        """What ``look(path)`` gives, or gave before the file changed, and the stamp that the file had just before.

        Raises:
            OSError: there is no such file.
        """
        process = os.getpid() if self._in_one_process else 0
        stamp = FileStamp.of(os.stat(path))
        kept = self._kept.get(path)
        if kept is None or kept[:2] != (process, stamp):
            kept = self._kept[path] = (process, stamp, look(path))
        return kept[2], stamp

    def __getstate__(self) -> dict[str, object]:
        return {'_in_one_process': self._in_one_process}

    def __setstate__(self, state: dict[str, bool]) -> None:
        self.__init__(**{key.lstrip('_'): value for key, value in state.items()})  # type: ignore[misc]
