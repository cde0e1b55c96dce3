"""Arrays that lie in a file as they lie in memory."""

from __future__ import annotations

import os
from typing import Any, BinaryIO, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mmacl.datasets.stores.feature_checks import all_finite
from mmacl.utils import InputError

_PIECE = 512 * 1024  # bytes, less than the second cache of most processors


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

    def read(self, file: BinaryIO, source: str) -> tuple[NDArray[Any], bool]:
        """An array of its own, (T, D), of the dtype in the file; and whether it is known to be finite.

        Values are looked at piece by piece, while the processor still has them at hand. Where they have to be cast,
        they must be looked at afterwards.

        Args:
            file: opened without a buffer, at any place.
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
        """The same from a file that was looked at before.

        Raises:
            InputError: the file has changed since, or cannot be opened.
        """
        try:
            with open(path, 'rb', buffering=0) as file:
                if FileStamp.of(os.fstat(file.fileno())) != stamp:
                    raise InputError('the file changed while it was read', file=source, remedy='start again')
                return self.read(file, source)
        except OSError as error:
            raise InputError(
                f'cannot be read ({error.strerror})',
                file=path,
                remedy='check the file and its permissions',
                kind='unreadable file',
            ) from error


def _fill(file: BinaryIO, view: memoryview, source: str) -> None:
    """Read as many bytes as the view has."""
    while view:
        count: int = file.readinto(view)  # type: ignore[attr-defined]  # a raw file has it
        if not count:
            raise InputError(
                'truncated while it was read', file=source, remedy='copy or extract it again', kind='truncated'
            )
        view = view[count:]
