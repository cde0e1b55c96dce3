"""Write files that are either whole or not there, and tell a person's files from a system's."""

from __future__ import annotations

import errno
import json
import os
import tempfile
from pathlib import Path
from typing import Any

from mmacl.utils.errors import InputError

_SYSTEM_ENTRIES = {'thumbs.db', 'ehthumbs.db', 'desktop.ini', '__macosx', '@eadir', '$recycle.bin', 'lost+found'}


def is_system_entry(name: str) -> bool:
    """Whether a file or folder of this name was left by a system or a tool: hidden ones, ``Thumbs.db``, ``__MACOSX``.

    Whatever lists a folder of data leaves such entries out.
    """
    return name.startswith('.') or name.lower() in _SYSTEM_ENTRIES


def check_can_write(path: str | os.PathLike[str]) -> None:
    """Check before long work that a file can be written after it; make the folders above it.

    Raises:
        InputError: it cannot be written.
    """
    target = Path(path)
    try:
        _refuse_folder(target)
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=target.parent):
            pass
    except OSError as error:
        raise InputError(
            f'cannot be written ({error.strerror})', file=path, remedy='name another file, or check the permissions'
        ) from error


def write_bytes_atomically(path: str | os.PathLike[str], content: bytes) -> None:
    """Write to a temporary file beside ``path``, flush it to disk, and rename it into place.

    A reader, or a run that is killed at any moment, sees the old file or the new one, never half of one.

    Raises:
        OSError: the file cannot be written, for example because the disk is full; names ``path``.
    """
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        _refuse_folder(target)
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f'.{target.name}.', suffix='.tmp')
        try:
            with os.fdopen(handle, 'wb') as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.chmod(temporary, 0o666 & ~_umask())
            os.replace(temporary, target)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        # A full disk names no file, and a person does not know the temporary one.
        error.filename, error.filename2 = str(target), None
        raise


def write_text_atomically(path: str | os.PathLike[str], text: str) -> None:
    """:func:`write_bytes_atomically` for UTF-8 text."""
    write_bytes_atomically(path, text.encode())


def write_json_atomically(path: str | os.PathLike[str], value: Any, indent: int | None = 2) -> None:
    """Write one JSON value; NaN and infinity are refused, since they are not JSON."""
    write_text_atomically(path, json.dumps(value, indent=indent, allow_nan=False) + '\n')


def _refuse_folder(path: Path) -> None:
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))


def _umask() -> int:
    """The process's umask, which can only be read by setting it."""
    current = os.umask(0)
    os.umask(current)
    return current
