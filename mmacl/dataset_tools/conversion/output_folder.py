"""A folder that is written into, and nowhere else."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from mmacl.utils import InputError

STAGING = '.mmacl-conversion'
"""The folder for what is not finished yet."""

_PART = '.part'


class OutputError(InputError):
    """The output folder cannot be written; going on with another video would not help."""


class OutputFolder:
    """Place whole files below a folder; use it as a context manager.

    Until :meth:`begin` the folder is only looked at, and need not be there. Every step below it is taken relative to an
    open directory and never through a symbolic link: nothing planted there, before or meanwhile, leads elsewhere. The
    folder itself may be a link: the user named it. A file is written into a folder for unfinished ones and renamed when
    it is whole and on disk. One program at a time.

    Args:
        path: the folder.

    Raises:
        OutputError: it is no folder, or this system cannot do the above.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self._writing = False
        self._folders: dict[str, int] = {}

    def __enter__(self) -> OutputFolder:
        if os.open not in os.supports_dir_fd:
            raise OutputError(f'{self.path}: this system cannot keep writing inside a folder; use Linux or macOS')
        with self._explained('.'), suppress(FileNotFoundError):
            self._open_root()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for descriptor in self._folders.values():
            os.close(descriptor)
        self._folders = {}

    def begin(self) -> None:
        """Make the folder, lock it, and remove what a killed conversion has left unfinished.

        Raises:
            OutputError: it cannot be made, or another conversion is writing into it.
        """
        with self._explained('.'):
            self.path.mkdir(parents=True, exist_ok=True)
            if not self._folders:
                self._open_root()
        self._lock()
        self._writing = True
        for name in self._staged():
            if name.endswith(_PART):
                self.drop(name.removesuffix(_PART))

    @property
    def is_unfinished(self) -> bool:
        """Whether a conversion has begun and not come to its end."""
        try:
            self._folder(STAGING, create=False)
        except FileNotFoundError:
            return False
        return True

    def look(self, relative: str) -> os.stat_result | None:
        """Size and times of a file; None where there is none.

        Raises:
            OutputError: there is something else, such as a symbolic link, or in the place of a folder above it.
        """
        folder, _, name = relative.rpartition('/')
        with self._explained(relative):
            try:
                found = os.stat(name, dir_fd=self._folder(folder or '.', create=False), follow_symlinks=False)
            except FileNotFoundError:
                return None
        if not stat.S_ISREG(found.st_mode):
            raise self._planted(relative)
        return found

    def read(self, relative: str) -> bytes | None:
        """The content of a file; None where there is none.

        Raises:
            OutputError: as :meth:`look`.
        """
        if self.look(relative) is None:
            return None
        folder, _, name = relative.rpartition('/')
        with self._explained(relative):
            descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW, dir_fd=self._folder(folder or '.'))
            with os.fdopen(descriptor, 'rb') as file:
                return file.read()

    @contextmanager
    def part(self, name: str) -> Iterator[BinaryIO]:
        """A new unfinished file, on disk when the block ends; removed where the block fails.

        Args:
            name: a name without folders that no other unfinished file has; :meth:`place` takes it.
        """
        with self._explained(f'{STAGING}/{name}'):
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
            file = os.fdopen(os.open(name + _PART, flags, 0o666, dir_fd=self._folder(STAGING)), 'wb')
        try:
            with file:
                yield file
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            self.drop(name)
            raise self._refused(STAGING, error) from error
        except BaseException:
            self.drop(name)
            raise

    def drop(self, name: str) -> None:
        """Remove an unfinished file, if there is one."""
        with suppress(FileNotFoundError):
            os.unlink(name + _PART, dir_fd=self._folder(STAGING))

    def place(self, name: str, relative: str) -> None:
        """Put an unfinished file where it belongs, in one step.

        Raises:
            OutputError: there is no way to that place inside the folder.
        """
        folder, _, last = relative.rpartition('/')
        with self._explained(relative):
            staging, target = self._folder(STAGING), self._folder(folder or '.')
            os.replace(name + _PART, last, src_dir_fd=staging, dst_dir_fd=target)

    def write(self, relative: str, content: bytes) -> None:
        """Write a file whole."""
        name = relative.replace('/', ' ')
        with self._explained(relative), self.part(name) as file:
            file.write(content)
        self.place(name, relative)

    def open_to_append(self, relative: str) -> BinaryIO:
        """A file to which lines are added; each write goes to the system at once."""
        folder, _, name = relative.rpartition('/')
        with self._explained(relative):
            flags = os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW
            return os.fdopen(os.open(name, flags, dir_fd=self._folder(folder or '.')), 'wb', buffering=0)

    def clear_staging(self, *others: str) -> None:
        """Remove the folder for what is not finished, if nothing of anybody else is in it.

        Args:
            others: names of files in it, besides the unfinished ones, that may go.
        """
        for name in self._staged():
            if name.endswith(_PART) or name in others:
                os.unlink(name, dir_fd=self._folder(STAGING))
        with suppress(OSError):
            os.rmdir(STAGING, dir_fd=self._folders['.'])
        os.close(self._folders.pop(STAGING))

    def _open_root(self) -> None:
        self._folders['.'] = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)

    def _staged(self) -> list[str]:
        return os.listdir(self._folder(STAGING))

    def _folder(self, relative: str, create: bool = True) -> int:
        """The open directory of a folder below, one step after the other."""
        if relative not in self._folders:
            if not self._folders:
                raise FileNotFoundError(relative)
            parent, _, name = relative.rpartition('/')
            above = self._folder(parent or '.', create)
            if create and self._writing:
                with suppress(FileExistsError):
                    os.mkdir(name, dir_fd=above)
            try:
                flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
                self._folders[relative] = os.open(name, flags, dir_fd=above)
            except OSError as error:
                if error.errno in (errno.ELOOP, errno.ENOTDIR):
                    raise self._planted(relative) from error
                raise
        return self._folders[relative]

    def _planted(self, relative: str) -> OutputError:
        return OutputError(
            f'{self.path / relative}: is a symbolic link or something else than it should be; nothing is written '
            'through it, remove it or name another folder'
        )

    def _lock(self) -> None:
        """Keep a second conversion out, for as long as this one lives."""
        import fcntl

        with self._explained('.'):
            try:
                fcntl.flock(self._folders['.'], fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise OutputError(
                    f'{self.path}: another conversion is writing here; wait for it, or name another folder'
                ) from error

    @contextmanager
    def _explained(self, relative: str) -> Iterator[None]:
        """Say in one line what the system refuses."""
        try:
            yield
        except OSError as error:
            raise self._refused(relative, error) from error

    def _refused(self, relative: str, error: OSError) -> OutputError:
        reason = error.strerror or str(error)
        return OutputError(
            f'{self.path / relative}: cannot be written ({reason}); check the disk, the path and its permissions'
        )
