"""Read text files of unknown origin, plain or gzipped, up to a limit of bytes."""

from __future__ import annotations

import gzip
import os
import zlib
from io import BytesIO
from os import PathLike
from typing import BinaryIO, cast

from mmacl.utils.errors import InputError

MAX_BYTES = 100 * 2**20
"""Far above every published annotation file (ActivityNet-1.3 takes 12 MB)."""

_CHUNK = 2**20
_GZIP = b'\x1f\x8b'
_OTHER_KINDS = {
    b'PK\x03\x04': ('a zip archive', 'unpack it'),
    b'BZh': ('packed with bzip2', 'unpack it'),
    b'\xfd7zXZ': ('packed with xz', 'unpack it'),
    b'\x28\xb5\x2f\xfd': ('packed with zstd', 'unpack it'),
    b'\xff\xfe': ('UTF-16 text', 'save it as UTF-8'),
    b'\xfe\xff': ('UTF-16 text', 'save it as UTF-8'),
}


def read_small_text(path: str | PathLike[str], expected: str, max_bytes: int = MAX_BYTES) -> str:
    r"""The text of a UTF-8 file, perhaps gzipped, with ``\n`` at the end of each line.

    A byte order mark is dropped. A larger file is refused without reading it, or without unpacking more than the limit.

    Args:
        path: the file.
        expected: what it should hold, for messages.
        max_bytes: how large it may be, packed and unpacked.

    Raises:
        InputError: it cannot be read, is too large, is packed in another way, or is not UTF-8.
    """
    try:
        with open(path, 'rb') as file:
            size = os.fstat(file.fileno()).st_size
            content = b'' if size > max_bytes else _read_up_to(file, max_bytes + 1)
        if content.startswith(_GZIP):
            with gzip.GzipFile(fileobj=BytesIO(content)) as packed:
                size, content = 0, _read_up_to(cast(BinaryIO, packed), max_bytes + 1)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(f'damaged gzip file ({error})', file=path, remedy='copy it again') from error
    except OSError as error:
        raise InputError(f'cannot be read ({error.strerror})', file=path, remedy=f'expected {expected}') from error
    if max(size, len(content)) > max_bytes:
        found = f'{size / 1e6:.0f} MB' if size else 'this'
        raise InputError(f'{found} is more than the {max_bytes / 1e6:.0f} MB of {expected}', file=path)
    for start, (kind, remedy) in _OTHER_KINDS.items():
        if content.startswith(start):
            raise InputError(f'{kind}, not UTF-8 text', file=path, remedy=f'{remedy}; expected {expected}')
    try:
        text = content.decode('utf-8-sig')
    except UnicodeDecodeError as error:
        raise InputError(
            f'not UTF-8 text ({error.reason})', file=path, remedy=f'save it as UTF-8; expected {expected}'
        ) from error
    if '\0' in text:
        raise InputError('holds zero bytes, so it is binary or UTF-16', file=path, remedy=f'expected {expected}')
    return text.replace('\r\n', '\n').replace('\r', '\n') if '\r' in text else text


def plain_or_gzipped(path: str | PathLike[str]) -> str:
    """The path, or the one with ``.gz`` at its end if only that is there."""
    packed = f'{os.fspath(path)}.gz'
    return packed if os.path.isfile(packed) and not os.path.exists(path) else os.fspath(path)


def _read_up_to(file: BinaryIO, limit: int) -> bytes:
    """The content, at most ``limit`` bytes; the size of a pipe, a device or a packed file is not known before."""
    content = bytearray()
    while chunk := file.read(min(_CHUNK, limit - len(content))):
        content += chunk
    return bytes(content)
