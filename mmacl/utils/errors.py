"""The one exception that a user's mistake raises."""

from __future__ import annotations


class InputError(ValueError):
    """Something that a person handed in is wrong, and a person can mend it.

    The message is one line that names the value, the file and the remedy. Tools print it without a traceback and
    exit with code 2.

    Args:
        message: ``<file>: <what is wrong>; <remedy>``.
        kind: a word for this kind of mistake, by which many of them are grouped; empty: none in particular.

    Attributes:
        video: name of the video that it is about; empty: of none, or not known.

    Example:
        >>> raise InputError('data/rgb/v1.npy: shape (64,) is not (T, D); extract one row per snippet')
    """

    def __init__(self, message: str = '', kind: str = '') -> None:
        super().__init__(message)
        self.kind = kind
        self.video = ''
