"""Write files atomically, check outputs before the work, and recognise files that the system left in a folder."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from mmacl.utils.errors import InputError

_SYSTEM_ENTRIES = {'thumbs.db', 'ehthumbs.db', 'desktop.ini', '__macosx', '@eadir', '$recycle.bin', 'lost+found'}
_TEMPORARY = '.tmp'
_FULL = (errno.ENOSPC, errno.EDQUOT)
_STANDARD_STREAMS = {'/dev/stdout': 1, '/dev/stderr': 2}
# Folders that the running command writes to, as check_can_write saw them.
_outputs: list[str] = []


def is_system_entry(name: str) -> bool:
    """Return whether the system or a tool made this file or folder: hidden ones, ``Thumbs.db``, ``__MACOSX``.

    Skip such entries when listing a folder of data.
    """
    return name.startswith('.') or name.lower() in _SYSTEM_ENTRIES


def explain_os_error(error: OSError, path: str | os.PathLike[str] = '') -> InputError:
    """Turn an error of the system into one line: what failed, where, and what to do.

    Args:
        error: the exception.
        path: the file; '' takes the file that the error names. An error about a full disk often names no file: then the
            first output of :func:`check_can_write` on a full disk is named.
    """
    reason = error.strerror or str(error)
    place = os.fspath(path) or error.filename or ''
    if error.errno in _FULL:
        place = place or next((output for output in _outputs if _is_full(output)), '')
        return InputError(f'the disk is full ({reason})', file=place, remedy='free space and run the command again')
    return InputError(
        f'cannot be read or written ({reason})', file=place, remedy='check the path, its disk and its permissions'
    )


def check_can_write(path: str | os.PathLike[str], option: str = '', *, folder: bool = False) -> None:
    """Check before the work that its output can be written. Makes the folders above it.

    Args:
        path: a file, or a folder for files, which is made.
        option: the option that names it, such as ``'--out'``.
        folder: whether it is a folder.

    Raises:
        InputError: it cannot be written.
    """
    target = Path(path)
    remedy = (
        f'give another {"folder" if folder else "file"}{f" with {option}" if option else ""}, or check the permissions'
    )
    place = target if folder else target.parent
    try:
        if not folder and target.is_dir():
            raise InputError('cannot be written: it is a folder', file=path, remedy=remedy)
        above = next(parent for parent in (place, *place.absolute().parents) if parent.exists())
        if not above.is_dir():
            what = 'it is a file' if above == target else f'{above} is a file'
            raise InputError(f'cannot be written: {what}, not a folder', file=path, remedy=remedy)
        place.mkdir(parents=True, exist_ok=True)
        if not _is_stream(target):
            with tempfile.TemporaryFile(dir=place, buffering=0) as file:
                file.write(b' ')
    except OSError as error:
        if error.errno in _FULL:
            raise explain_os_error(error, path) from error
        raise InputError(f'cannot be written ({error.strerror})', file=path, remedy=remedy) from error
    _outputs.append(str(place))


def write_bytes_atomically(path: str | os.PathLike[str], content: bytes) -> None:
    """:func:`write_pieces_atomically` for content that is there at once."""
    write_pieces_atomically(path, [content])


def write_pieces_atomically(path: str | os.PathLike[str], pieces: Iterable[bytes]) -> None:
    """Write to a temporary file beside ``path``, flush it to disk, and rename it into place.

    A reader, or a run that is killed at any moment, sees the old file or the new one, never half of one. A pipe or a
    device, such as ``/dev/stdout``, is written to directly.

    Raises:
        OSError: the file cannot be written, for example because the disk is full; names ``path``.
    """
    target = Path(path)
    try:
        if _is_stream(target):
            _write_stream(target, pieces)
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(target))
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f'.{target.name}.', suffix=_TEMPORARY)
        try:
            with os.fdopen(handle, 'wb') as file:
                file.writelines(pieces)
                file.flush()
                os.fsync(file.fileno())
            os.chmod(temporary, 0o666 & ~_umask())
            os.replace(temporary, target)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        # The error of a full disk names no file, and the temporary name means nothing to a user.
        error.filename, error.filename2 = str(target), None
        raise


def temporary_beside(path: str | os.PathLike[str]) -> Path:
    """Return the hidden name under which this process may write a file that :func:`os.replace` then renames."""
    target = Path(path)
    return target.with_name(f'.{target.name}.{os.getpid()}{_TEMPORARY}')


def remove_temporary(*paths: str | os.PathLike[str]) -> None:
    """Remove what killed processes left beside files; call it where no other process writes them."""
    for target in map(Path, paths):
        ours = re.compile(rf'\.{re.escape(target.name)}\.\w+{re.escape(_TEMPORARY)}')
        for left in target.parent.glob(f'.*{_TEMPORARY}'):
            if ours.fullmatch(left.name):
                left.unlink(missing_ok=True)


def write_text_atomically(path: str | os.PathLike[str], text: str) -> None:
    """:func:`write_bytes_atomically` for UTF-8 text."""
    write_bytes_atomically(path, text.encode())


def write_json_atomically(path: str | os.PathLike[str], value: Any, indent: int | None = 2) -> None:
    """Write one JSON value; NaN and infinity are refused, since they are not JSON."""
    write_text_atomically(path, json.dumps(value, indent=indent, allow_nan=False) + '\n')


def _is_stream(path: Path) -> bool:
    """Return whether a path is a pipe, a terminal or another device, which a rename would replace by a file."""
    return str(path) in _STANDARD_STREAMS or (path.exists() and not path.is_file() and not path.is_dir())


def _write_stream(path: Path, pieces: Iterable[bytes]) -> None:
    """Write to a pipe or a device; to a standard stream after the text printed so far."""
    stream = _STANDARD_STREAMS.get(str(path))
    if stream is not None:
        sys.stdout.flush()
    with open(path if stream is None else os.dup(stream), 'wb') as file:
        file.writelines(pieces)


def _is_full(folder: str) -> bool:
    """Return whether less than a megabyte is free on the disk of a folder."""
    return os.path.isdir(folder) and shutil.disk_usage(folder).free < 2**20


def _umask() -> int:
    """The process's umask, which can only be read by setting it."""
    current = os.umask(0)
    os.umask(current)
    return current
