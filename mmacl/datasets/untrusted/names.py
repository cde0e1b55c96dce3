"""Check names that come from a file: of videos, which become file names, and of actions, which are printed."""

from __future__ import annotations

from mmacl.utils.errors import InputError


def check_video_name(name: str, source: str) -> None:
    """Refuse a name that would lead out of the folder of features.

    Names of videos become file names, of features and of results.

    Raises:
        InputError: the name is empty, holds a slash, a backslash, ``..`` or an unprintable character.
    """
    if not name or '/' in name or '\\' in name or '..' in name or name == '.' or not name.isprintable():
        raise InputError(
            f'video name {name!r:.200} cannot be a file name',
            file=source,
            remedy="use a plain name without '/', '\\' and '..'",
        )


def check_label(label: str, source: str) -> None:
    """Refuse a label that cannot be shown in a line of a table or a message.

    Raises:
        InputError: it is empty, or holds an unprintable character, such as a line end or a terminal control code.
    """
    if not label or not label.isprintable():
        raise InputError(
            f'label {label[:80]!r} cannot be printed', file=source, remedy='use a name of plain characters'
        )
