"""Arrays that lie in a file as they lie in memory."""

from __future__ import annotations

import os
from typing import Any, BinaryIO, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mmacl.utils import InputError


class FileStamp(NamedTuple):
    """By what a file is known to be the one that was looked at before."""

    device: int
    inode: int
    size: int
    modified: int

    @classmethod
    def of(cls, status: os.stat_result) -> FileStamp:
        """The stamp in what ``os.stat`` says."""
        return cls(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)


class ArrayPlace(NamedTuple):
    """Where the values of an array are.

    Attributes:
        offset: of the first value, in bytes.
        shape: T and D.
        dtype: of the values in the file.
        fortran_order: whether columns follow each other, not rows.
    """

    offset: int
    shape: tuple[int, int]
    dtype: np.dtype[Any]
    fortran_order: bool = False

    @property
    def stop(self) -> int:
        """The byte after the last value."""
        return self.offset + self.shape[0] * self.shape[1] * self.dtype.itemsize

    def read(self, file: BinaryIO, source: str) -> NDArray[Any]:
        """An array of its own, (T, D), of the dtype in the file.

        Args:
            file: opened without a buffer, at any place.
            source: for messages.

        Raises:
            InputError: the file ends before the array does.
        """
        flat = np.empty(self.shape[0] * self.shape[1], dtype=self.dtype)
        view = flat.view(np.uint8).data
        file.seek(self.offset)
        filled = 0
        while filled < len(view):  # one call reads 2 GB at most
            count: int = file.readinto(view[filled:])  # type: ignore[attr-defined]  # a raw file has it
            if not count:
                raise InputError(f'{source}: truncated while it was read; copy or extract it again', 'truncated')
            filled += count
        return flat.reshape(self.shape[::-1]).T if self.fortran_order else flat.reshape(self.shape)

    def read_from(self, path: str, stamp: FileStamp, source: str) -> NDArray[Any]:
        """The same from a file that was looked at before.

        Raises:
            InputError: the file has changed since, or cannot be opened.
        """
        try:
            with open(path, 'rb', buffering=0) as file:
                if FileStamp.of(os.fstat(file.fileno())) != stamp:
                    raise InputError(f'{source}: the file changed while it was read; start again')
                return self.read(file, source)
        except OSError as error:
            raise InputError(
                f'{path}: cannot be read ({error.strerror}); check the file and its permissions', 'unreadable file'
            ) from error
