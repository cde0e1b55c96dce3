"""Whether what is to be written fits."""

from __future__ import annotations

import shutil
from pathlib import Path

from mmacl.utils import InputError


def check_disk_space(folder: Path, num_bytes: int) -> int:
    """Bytes that are free where a folder is, or will be.

    Args:
        folder: it need not be there yet.
        num_bytes: how many are to be written.

    Raises:
        InputError: fewer are free.
    """
    place = next(parent for parent in (folder.absolute(), *folder.absolute().parents) if parent.exists())
    free = shutil.disk_usage(place).free
    if free < num_bytes:
        raise InputError(
            f'{readable_size(num_bytes)} are to be written, but {readable_size(free)} are free',
            file=folder,
            remedy='make room, name a folder on another disk, or use --dtype float16',
        )
    return free


def readable_size(num_bytes: int) -> str:
    """A number of bytes as people read it."""
    size, unit = float(num_bytes), 'B'
    for unit in ('B', 'kB', 'MB', 'GB'):
        if size < 1000 or unit == 'GB':
            break
        size /= 1000
    return f'{size:.0f} {unit}' if unit == 'B' else f'{size:.1f} {unit}'
