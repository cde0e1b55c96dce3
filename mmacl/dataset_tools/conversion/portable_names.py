"""Check that names from third-party files are safe file names on every system."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from mmacl.utils import InputError

_MAX_BYTES = 200  # file systems take 255, with the endings
_NOT_EVERYWHERE = '<>:"|?*'
_DEVICE = re.compile(r'(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?', re.IGNORECASE)


def check_portable_names(names: Iterable[str], what: str, source: str) -> None:
    """Refuse names that lead out of a folder, or that some file system does not take.

    Args:
        names: of videos, modalities or subsets; a repeated one counts once.
        what: the kind of name, for messages.
        source: where they were read, for messages.

    Raises:
        InputError: a name is empty, holds a slash, a backslash, ``..``, an unprintable character or one of
            ``<>:"|?*``, starts or ends with a dot or blank, is too long or the name of a device, or equals another name
            on a file system that ignores case or the Unicode form of a letter.
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
                f'{what} names {other!r} and {name!r} are one file on a disk that ignores case or forms of accents',
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
        return f'holds {found!r}, which some systems refuse'
    if name[0] in '. ' or name[-1] in '. ':
        return 'starts or ends with a dot or a blank, which some systems hide or drop'
    if _DEVICE.fullmatch(name):
        return 'is the name of a device on some systems'
    if len(name.encode()) > _MAX_BYTES:
        return f'is longer than {_MAX_BYTES} bytes'
    return None
