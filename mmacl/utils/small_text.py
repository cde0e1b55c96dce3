"""Text files from others, of a size that a text file may have."""

from __future__ import annotations

import os
from os import PathLike
from typing import BinaryIO

from mmacl.utils.errors import InputError

MAX_BYTES = 100 * 2**20
"""Far above every published annotation file (ActivityNet-1.3 takes 12 MB)."""

_CHUNK = 2**20


def read_small_text(path: str | PathLike[str], expected: str, max_bytes: int = MAX_BYTES) -> str:
    """The text of a UTF-8 file of at most ``max_bytes``; a larger one is refused without reading it.

    Args:
        path: the file.
        expected: what it should hold, for messages.
        max_bytes: how large it may be.

    Raises:
        InputError: it cannot be read, is too large, or is not UTF-8.
    """
    try:
        with open(path, 'rb') as file:
            size = os.fstat(file.fileno()).st_size
            content = b'' if size > max_bytes else _read_up_to(file, max_bytes + 1)
    except OSError as error:
        raise InputError(f'cannot be read ({error.strerror})', file=path, remedy=f'expected {expected}') from error
    if max(size, len(content)) > max_bytes:
        found = f'{size / 1e6:.0f} MB' if size else 'this'
        raise InputError(f'{found} is more than the {max_bytes / 1e6:.0f} MB of {expected}', file=path)
    try:
        text = content.decode('utf-8-sig')
    except UnicodeDecodeError as error:
        raise InputError(f'not UTF-8 text ({error.reason})', file=path, remedy=f'expected {expected}') from error
    return text.replace('\r\n', '\n').replace('\r', '\n') if '\r' in text else text


def _read_up_to(file: BinaryIO, limit: int) -> bytes:
    """All there is, at most ``limit`` bytes; a pipe or a device does not say beforehand how much will come."""
    content = bytearray()
    while chunk := file.read(min(_CHUNK, limit - len(content))):
        content += chunk
    return bytes(content)
