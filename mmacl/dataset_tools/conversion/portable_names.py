"""Names from files of others that are to become names of files here."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from mmacl.utils import InputError

_MAX_BYTES = 200  # file systems take 255, and an ending and that of a temporary file come on top
_NOT_EVERYWHERE = '<>:"|?*'
_DEVICE = re.compile(r'(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?', re.IGNORECASE)


def check_portable_names(names: Iterable[str], what: str, source: str) -> None:
    """Refuse names that lead out of a folder, or that some disk cannot hold.

    Args:
        names: of videos, modalities or subsets; one that comes twice counts once.
        what: what they name, for messages.
        source: where they were read, for messages.

    Raises:
        InputError: a name is empty, holds a slash, a backslash, ``..``, an unprintable character or one of
            ``<>:"|?*``, starts with a dot or blank or ends with one, is too long or that of a device, or is another
            one on a disk that does not tell capitals, or the ways to write one letter, apart.
    """
    seen: dict[str, str] = {}
    for name in names:
        fault = _fault(name)
        if fault:
            raise InputError(
                f'{what} name {name!r:.100} {fault}', file=source, remedy='rename it, since it becomes a file name'
            )
        other = seen.setdefault(unicodedata.normalize('NFC', name.casefold()), name)
        if other != name:
            raise InputError(
                f'{what} names {other!r} and {name!r} are one file on a disk that does not tell capitals '
                'or accents apart',
                file=source,
                remedy='rename one',
            )


def _fault(name: str) -> str | None:
    """What is wrong with a name, if anything."""
    if not name:
        return 'is empty'
    if '/' in name or '\\' in name or '..' in name or name == '.':
        return "leads out of the folder ('/', '\\' or '..')"
    if not name.isprintable():
        return 'holds an unprintable character'
    found = next((character for character in name if character in _NOT_EVERYWHERE), None)
    if found:
        return f'holds {found!r}, which not every system takes'
    if name[0] in '. ' or name[-1] in '. ':
        return 'starts or ends with a dot or a blank, which systems hide or drop'
    if _DEVICE.fullmatch(name):
        return 'is that of a device on some systems'
    if len(name.encode()) > _MAX_BYTES:
        return f'is longer than {_MAX_BYTES} bytes'
    return None
