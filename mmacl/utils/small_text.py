"""Text files from others, of a size that a text file may have."""

from __future__ import annotations

from os import PathLike
from pathlib import Path

from mmacl.utils.errors import InputError

MAX_BYTES = 100 * 2**20
"""Far above every published annotation file (ActivityNet-1.3 takes 12 MB)."""


def read_small_text(path: str | PathLike[str], expected: str) -> str:
    """The text of a UTF-8 file of at most :data:`MAX_BYTES`.

    Args:
        path: the file.
        expected: what it should hold, for messages.

    Raises:
        InputError: it cannot be read, is too large, or is not UTF-8.
    """
    try:
        size = Path(path).stat().st_size
        if size > MAX_BYTES:
            raise InputError(f'{path}: {size / 2**20:.0f} MB is more than annotations take; expected {expected}')
        return Path(path).read_text(encoding='utf-8-sig')
    except OSError as error:
        raise InputError(f'{path}: cannot be read ({error.strerror}); expected {expected}') from error
    except UnicodeDecodeError as error:
        raise InputError(f'{path}: not UTF-8 text ({error.reason}); expected {expected}') from error
