"""What may be the name of a video, and of an action."""

from __future__ import annotations

from mmacl.utils import InputError


def check_video_name(name: str, source: str) -> None:
    """Refuse a name that would lead out of the folder of features.

    Names become file names, of features and of results.

    Raises:
        InputError: the name is empty, holds a slash, a backslash, ``..`` or an unprintable character.
    """
    if not name or '/' in name or '\\' in name or '..' in name or name == '.' or not name.isprintable():
        raise InputError(
            f'video name {name!r} cannot be a file name',
            file=source,
            remedy="use a plain name without '/', '\\' and '..'",
        )


def check_label(label: str, source: str) -> None:
    """Refuse a label that cannot be shown in a line of a table or a message.

    Raises:
        InputError: it is empty, or holds an unprintable character, such as a line's end or a command to a terminal.
    """
    if not label or not label.isprintable():
        raise InputError(
            f'label {label[:80]!r} cannot be printed', file=source, remedy='use a name of plain characters'
        )
