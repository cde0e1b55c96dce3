"""Read arrays from their place in a file, and remember what was found out about a file until it changes."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, BinaryIO, Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from mmacl.datasets.stores.feature_checks import all_finite, unreadable
from mmacl.utils import InputError

_PIECE = 512 * 1024  # bytes, less than the second cache of most processors
_Found = TypeVar('_Found')


class FileStamp(NamedTuple):
    """Identify a version of a file by device, inode, size and time of the last change."""

    device: int
    inode: int
    size: int
    modified: int

    @classmethod
    def of(cls, status: os.stat_result) -> FileStamp:
        """The stamp in the result of ``os.stat``."""
        return cls(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)


class FileMemo(Generic[_Found]):
    """Open and understand a file once, not at every request, until the file changes.

    A copy in another process starts empty. Two threads may look at a new file at once; the result of one is kept.

    Args:
        in_one_process: whether to start empty after a fork too, as open files must.
    """

    def __init__(self, in_one_process: bool = False) -> None:
        self._in_one_process = in_one_process
        self._kept: dict[str, tuple[int, FileStamp, _Found]] = {}

    def get(self, path: str, look: Callable[[str], _Found]) -> tuple[_Found, FileStamp]:
        """The result of ``look(path)``, from now or from before, and the stamp of the file just before it.

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


class ArrayPlace(NamedTuple):
    """Where the values of an array are in a file.

    Attributes:
        offset: of the first value, in bytes.
        shape: T and D.
        dtype: of the values in the file.
        fortran_order: whether the values are stored column by column.
    """

    offset: int
    shape: tuple[int, int]
    dtype: np.dtype[Any]
    fortran_order: bool = False

    @property
    def stop(self) -> int:
        """The byte after the last value."""
        return self.offset + self.shape[0] * self.shape[1] * self.dtype.itemsize

    def read(self, file: BinaryIO, source: str) -> tuple[NDArray[Any], bool]:
        """A new array, (T, D), of the dtype in the file; and whether its values were found to be finite.

        Values are checked piece by piece, while they are in the processor's cache. Values that have to be cast must be
        checked afterwards.

        Args:
            file: opened without a buffer, at any position.
            source: for messages.

        Raises:
            InputError: the file ends before the array does.
        """
        flat = np.empty(self.shape[0] * self.shape[1], dtype=self.dtype)
        finite = self.dtype.isnative and self.dtype.itemsize < 8
        step = _PIECE // self.dtype.itemsize
        file.seek(self.offset)
        for start in range(0, len(flat), step):
            piece = flat[start : start + step]
            _fill(file, piece.view(np.uint8).data, source)
            finite = finite and all_finite(piece)
        return flat.reshape(self.shape[::-1]).T if self.fortran_order else flat.reshape(self.shape), finite

    def read_from(self, path: str, stamp: FileStamp, source: str) -> tuple[NDArray[Any], bool]:
        """:meth:`read` from a file that was looked at before.

        Raises:
            InputError: the file has changed since, or cannot be opened.
        """
        try:
            with open(path, 'rb', buffering=0) as file:
                if FileStamp.of(os.fstat(file.fileno())) != stamp:
                    raise InputError('the file changed while it was read', file=source, remedy='start again')
                return self.read(file, source)
        except OSError as error:
            raise unreadable(error, path) from error


def _fill(file: BinaryIO, view: memoryview, source: str) -> None:
    """Read as many bytes as the view has."""
    while view:
        count: int = file.readinto(view)  # type: ignore[attr-defined]  # a raw file has it
        if not count:
            raise InputError(
                'truncated while it was read', file=source, remedy='copy or extract it again', kind='truncated'
            )
        view = view[count:]
