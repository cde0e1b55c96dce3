"""The one exception that a user's mistake raises."""

from __future__ import annotations

from os import PathLike


class InputError(ValueError):
    """An input is wrong, and a person can correct it.

    Its text is one line, ``<file>: video '<video>': <what>; <remedy>``; empty parts are left out. Tools print it
    without a traceback and exit with code 2. Code that needs a part reads the field and never the text.

    Args:
        what: what is wrong, with the value.
        file: the file, option or config key that holds it.
        remedy: what to do about it.
        kind: a word for this kind of mistake, by which many of them are grouped.
        video: name of the video that it concerns.

    Example:
        >>> raise InputError('shape (64,) is not (T, D)', file='data/rgb/v1.npy', remedy='extract one row per snippet')
    """

    def __init__(
        self,
        what: str = '',
        *,
        file: str | PathLike[str] | None = '',
        remedy: str = '',
        kind: str = '',
        video: str = '',
    ) -> None:
        super().__init__(what)
        self.what = what
        self.file = str(file or '')
        self.remedy = remedy
        self.kind = kind
        self.video = video

    def __str__(self) -> str:
        """One line for a person."""
        video = f'video {self.video!r:.200}' if self.video else ''
        text = ': '.join(filter(None, (self.file, video, self.what)))
        return f'{text}; {self.remedy}' if self.remedy else text

    def __reduce__(self) -> tuple[object, ...]:
        """All fields survive a process boundary."""
        return type(self), self.args, self.__dict__
