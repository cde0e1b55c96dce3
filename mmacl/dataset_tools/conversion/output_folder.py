"""Write into one folder, and nowhere else."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from mmacl.utils import InputError, explain_os_error
from mmacl.utils.folder_lock import FolderLock

STAGING = '.mmacl-conversion'
"""The folder for unfinished files."""

_PART, _LOCK = '.part', 'lock'
_NO_LINK = getattr(os, 'O_NOFOLLOW', 0)
_BINARY = getattr(os, 'O_BINARY', 0)
# Linux and macOS reach every entry through an open folder, so no folder can be swapped for a link meanwhile.
_THROUGH_FOLDERS = os.open in os.supports_dir_fd and hasattr(os, 'O_DIRECTORY') and bool(_NO_LINK)


class OutputError(InputError):
    """The output folder cannot be written; going on with another video would not help."""


class OutputFolder:
    """Place whole files below a folder; use it as a context manager.

    Until :meth:`begin` the folder is only read, and need not exist. No step below it goes through a symbolic link:
    on Linux and macOS each is taken relative to an open folder, elsewhere each folder is checked before it is entered.
    The folder itself may be a link, since the user named it. A file is written into a folder for unfinished ones and
    renamed when it is whole and on disk. One process at a time.

    Args:
        path: the folder.

    Raises:
        OutputError: it is no folder.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self._writing = False
        # Open folders by their path below this one; None where the system has no such thing.
        self._folders: dict[str, int | None] = {}
        self._lock = FolderLock(self.path / STAGING, _LOCK, 'wait for that conversion, or name another folder')

    def __enter__(self) -> OutputFolder:
        with self._explained('.'), suppress(FileNotFoundError):
            self._open_root()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._lock.release()
        for descriptor in self._folders.values():
            if descriptor is not None:
                os.close(descriptor)
        self._folders = {}

    def begin(self) -> None:
        """Make the folder, lock it, and remove unfinished files of a killed conversion.

        Raises:
            OutputError: it cannot be made, or another conversion is writing into it.
        """
        with self._explained('.'):
            self.path.mkdir(parents=True, exist_ok=True)
            if not self._folders:
                self._open_root()
        self._writing = True
        with self._explained(STAGING):
            self._folder(STAGING)
            for name in (_LOCK, f'{_LOCK}.pid'):
                self.look(f'{STAGING}/{name}')
            try:
                self._lock.acquire()
            except InputError as error:
                what = f'{error.what}, another conversion'
                raise OutputError(what, file=self.path, remedy=error.remedy, kind=error.kind) from error
        for name in self._staged():
            if name.endswith(_PART):
                self.drop(name.removesuffix(_PART))

    @property
    def is_unfinished(self) -> bool:
        """Whether a conversion has begun and not ended."""
        try:
            self._folder(STAGING, create=False)
        except FileNotFoundError:
            return False
        return True

    def look(self, relative: str) -> os.stat_result | None:
        """Size and times of a file; None if there is none.

        Raises:
            OutputError: there is something else, such as a symbolic link, there or in place of a folder above it.
        """
        with self._explained(relative):
            try:
                path, folder = self._at(relative, create=False)
                found = os.stat(path, dir_fd=folder, follow_symlinks=False)
            except FileNotFoundError:
                return None
        if not stat.S_ISREG(found.st_mode):
            raise self._planted(relative)
        return found

    def read(self, relative: str) -> bytes | None:
        """The content of a file; None if there is none.

        Raises:
            OutputError: as :meth:`look`.
        """
        if self.look(relative) is None:
            return None
        with self._explained(relative):
            path, folder = self._at(relative)
            with os.fdopen(os.open(path, os.O_RDONLY | _NO_LINK | _BINARY, dir_fd=folder), 'rb') as file:
                return file.read()

    @contextmanager
    def part(self, name: str) -> Iterator[BinaryIO]:
        """A new unfinished file, on disk when the block ends; removed if the block fails.

        Args:
            name: a name without folders that no other unfinished file has; :meth:`place` takes it.
        """
        with self._explained(f'{STAGING}/{name}'):
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_LINK | _BINARY
            path, folder = self._at(f'{STAGING}/{name}{_PART}')
            file = os.fdopen(os.open(path, flags, 0o666, dir_fd=folder), 'wb')
        try:
            with file:
                yield file
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            self.drop(name)
            raise self._refused('.', error) from error
        except BaseException:
            self.drop(name)
            raise

    def stamp(self, name: str, time: int | None) -> os.stat_result:
        """Give an unfinished file the time of its source, in nanoseconds, if there is one; its size and times."""
        with self._explained(f'{STAGING}/{name}'):
            path, folder = self._at(f'{STAGING}/{name}{_PART}')
            if time is not None:
                os.utime(path, ns=(time, time), dir_fd=folder)
            return os.stat(path, dir_fd=folder, follow_symlinks=False)

    def drop(self, name: str) -> None:
        """Remove an unfinished file, if there is one."""
        with suppress(FileNotFoundError):
            path, folder = self._at(f'{STAGING}/{name}{_PART}')
            os.unlink(path, dir_fd=folder)

    def place(self, name: str, relative: str) -> None:
        """Move an unfinished file to its place, in one step.

        Raises:
            OutputError: that place cannot be reached inside the folder.
        """
        with self._explained(relative):
            part, staging = self._at(f'{STAGING}/{name}{_PART}')
            target, folder = self._at(relative)
            os.replace(part, target, src_dir_fd=staging, dst_dir_fd=folder)

    def write(self, relative: str, content: bytes) -> None:
        """Write a file whole."""
        name = relative.replace('/', ' ')
        with self._explained(relative), self.part(name) as file:
            file.write(content)
        self.place(name, relative)

    def open_to_append(self, relative: str) -> BinaryIO:
        """A file to which :meth:`append` adds; each addition goes to the system at once."""
        with self._explained(relative):
            path, folder = self._at(relative)
            flags = os.O_WRONLY | os.O_APPEND | _NO_LINK | _BINARY
            return os.fdopen(os.open(path, flags, dir_fd=folder), 'wb', buffering=0)

    def append(self, relative: str, file: BinaryIO, content: bytes) -> None:
        """Add to a file of :meth:`open_to_append`."""
        with self._explained(relative):
            while content:
                content = content[file.write(content) :]

    def clear_staging(self, *others: str) -> None:
        """Release the folder, and remove the folder for unfinished files unless it holds files of somebody else.

        Args:
            others: names of files in it, besides the unfinished ones, that are removed.
        """
        for name in self._staged():
            if name.endswith(_PART) or name in others:
                self._remove(name)
        with suppress(PermissionError):  # Windows does not remove a file that is open
            self._remove(_LOCK)
        self._lock.release()
        with suppress(OSError):
            self._remove(_LOCK)
        with suppress(OSError):
            path, folder = self._at(STAGING)
            os.rmdir(path, dir_fd=folder)
        descriptor = self._folders.pop(STAGING, None)
        if descriptor is not None:
            os.close(descriptor)

    def _remove(self, name: str) -> None:
        path, folder = self._at(f'{STAGING}/{name}')
        os.unlink(path, dir_fd=folder)

    def _open_root(self) -> None:
        if _THROUGH_FOLDERS:
            self._folders['.'] = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
        elif not stat.S_ISDIR(os.stat(self.path).st_mode):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(self.path))
        else:
            self._folders['.'] = None

    def _staged(self) -> list[str]:
        descriptor = self._folder(STAGING)
        return os.listdir(self.path / STAGING if descriptor is None else descriptor)

    def _at(self, relative: str, create: bool = True) -> tuple[str, int | None]:
        """A path for functions of ``os``, and the open folder that it is relative to, if there is one."""
        parent, _, name = relative.rpartition('/')
        descriptor = self._folder(parent or '.', create)
        return (str(self.path / relative) if descriptor is None else name), descriptor

    def _folder(self, relative: str, create: bool = True) -> int | None:
        """Enter a folder below, one step after the other, never through a link; the open folder, if there is one."""
        if relative not in self._folders or (relative != '.' and not _THROUGH_FOLDERS):
            if not self._folders:
                raise FileNotFoundError(relative)
            path, above = self._at(relative, create)
            if create and self._writing:
                with suppress(FileExistsError):
                    os.mkdir(path, dir_fd=above)
            try:
                if _THROUGH_FOLDERS:
                    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
                    self._folders[relative] = os.open(path, flags, dir_fd=above)
                elif stat.S_ISDIR(os.lstat(path).st_mode):
                    self._folders[relative] = None
                else:
                    raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), path)
            except OSError as error:
                if error.errno in (errno.ELOOP, errno.ENOTDIR):
                    raise self._planted(relative) from error
                raise
        return self._folders[relative]

    def _planted(self, relative: str) -> OutputError:
        return OutputError(
            'is a symbolic link, or of the wrong kind (file or folder); nothing is written through it',
            file=self.path / relative,
            remedy='remove it or name another folder',
        )

    @contextmanager
    def _explained(self, relative: str) -> Iterator[None]:
        """Turn what the system refuses into an :class:`OutputError`."""
        try:
            yield
        except OSError as error:
            raise self._refused(relative, error) from error

    def _refused(self, relative: str, error: OSError) -> OutputError:
        explained = explain_os_error(error, self.path / relative)
        return OutputError(explained.what, file=explained.file, remedy=explained.remedy)
