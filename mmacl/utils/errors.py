"""The one exception that a user's mistake raises."""

from __future__ import annotations


class InputError(ValueError):
    """Something that a person handed in is wrong, and a person can mend it.

    The message is one line that names the value, the file and the remedy. Tools print it without a traceback and
    exit with code 2.

    Example:
        >>> raise InputError('data/rgb/v1.npy: shape (64,) is not (T, D); extract one row per snippet')
    """
