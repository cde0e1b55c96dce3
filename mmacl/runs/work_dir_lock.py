"""A work_dir has one writer."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path


class WorkDirLock:
    """Held while a training writes into a work_dir, by the tool that started it and by the training itself.

    The lock goes with an open file: a training that inherits it holds it for as long as it lives, whatever happens to
    the tool, and when the last holder is gone, however it ended, the lock is free.

    Use :meth:`take`.
    """

    def __init__(self, handle: int) -> None:
        self._handle = handle

    @classmethod
    def take(cls, work_dir: Path) -> WorkDirLock | None:
        """The lock, or None where another process holds it; the folder is made."""
        work_dir.mkdir(parents=True, exist_ok=True)
        handle = os.open(work_dir / 'lock', os.O_RDWR | os.O_CREAT, 0o666)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return None
        return cls(handle)

    def fileno(self) -> int:
        """The file that a child process inherits."""
        return self._handle

    def release(self) -> None:
        """Let go; a child that has inherited the lock still holds it."""
        os.close(self._handle)
