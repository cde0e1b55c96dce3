"""Let one process at a time write into a folder."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from types import TracebackType

import filelock

from mmacl.utils.errors import InputError

IN_USE = 'in use'
"""Kind of the :class:`InputError` where another process holds the lock."""


class FolderLock:
    """Hold a folder for this process; use it as a context manager, or call :meth:`acquire` and :meth:`release`.

    The system releases the lock when the process ends, however it ends. The process id of the holder is in a file of
    its own, ``<name>.pid``, because Windows refuses to read a locked file.

    Args:
        folder: the folder; it is made if it does not exist.
        name: name of the lock file in the folder.
        remedy: what to do when the folder is in use, for the message.
    """

    def __init__(
        self,
        folder: str | os.PathLike[str],
        name: str = 'lock',
        remedy: str = 'wait for it to end, or name another folder',
    ) -> None:
        self.folder = Path(folder)
        self._remedy = remedy
        self._lock = filelock.FileLock(self.folder / name, thread_local=False)
        self._pid_file = self.folder / f'{name}.pid'

    def acquire(self) -> None:
        """Take the lock at once or not at all; does nothing where this object holds it already.

        Raises:
            InputError: another process holds it; names the process.
        """
        if self._lock.is_locked:
            return
        if self.folder.exists() and not self.folder.is_dir():
            raise InputError('is a file', file=self.folder, remedy='name a folder')
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            self._lock.acquire(timeout=0)
        except filelock.Timeout:
            raise InputError(
                f'is in use by process {self._holder()}', file=self.folder, remedy=self._remedy, kind=IN_USE
            ) from None
        try:
            self._pid_file.write_text(str(os.getpid()))
        except OSError:
            self._lock.release()
            raise

    def release(self) -> None:
        """Release the lock; does nothing where it is not held."""
        if self._lock.is_locked:
            # Before the lock is free: afterwards the file may be that of the next holder.
            with suppress(OSError):
                self._pid_file.unlink()
            self._lock.release()

    def __enter__(self) -> FolderLock:
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.release()

    def _holder(self) -> str:
        """Process id of the holder; '?' where it has not been written yet or cannot be read."""
        try:
            return self._pid_file.read_text().strip() or '?'
        except OSError:
            return '?'
