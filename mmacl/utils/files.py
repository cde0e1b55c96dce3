"""Files that are either whole or not there."""

from __future__ import annotations

import errno
import json
import os
import tempfile
from pathlib import Path
from typing import Any


def write_bytes_atomically(path: str | os.PathLike[str], content: bytes) -> None:
    """Write to a temporary file beside ``path``, flush it to disk, and rename it into place.

    A reader, or a run that is killed at any moment, sees the old file or the new one, never half of one.
    """
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.is_dir():  # nobody knows the temporary file, which the error would name else
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(target))
    try:
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f'.{target.name}.', suffix='.tmp')
    except OSError as error:
        error.filename = str(target)
        raise
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


def write_text_atomically(path: str | os.PathLike[str], text: str) -> None:
    """:func:`write_bytes_atomically` for UTF-8 text."""
    write_bytes_atomically(path, text.encode())


def write_json_atomically(path: str | os.PathLike[str], value: Any, indent: int | None = 2) -> None:
    """Write one JSON value; NaN and infinity are refused, since they are not JSON."""
    write_text_atomically(path, json.dumps(value, indent=indent, allow_nan=False) + '\n')


def _umask() -> int:
    """The process's umask, which can only be read by setting it."""
    current = os.umask(0)
    os.umask(current)
    return current
