"""What may be the name of a video."""

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
            f"{source}: video name {name!r} cannot be a file name; use a plain name without '/', '\\' and '..'"
        )
