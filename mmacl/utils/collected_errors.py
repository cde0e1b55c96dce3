"""Collect every ``InputError`` instead of raising the first, as the checker of data sets needs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from mmacl.utils.errors import InputError

_collected: ContextVar[list[InputError] | None] = ContextVar('collected', default=None)
_video: ContextVar[str] = ContextVar('video', default='')


@contextmanager
def collect_errors() -> Iterator[list[InputError]]:
    """In this thread, append the errors of :func:`complain` and :func:`entry` to a list instead of raising them."""
    errors: list[InputError] = []
    token = _collected.set(errors)
    try:
        yield errors
    finally:
        _collected.reset(token)


def complain(error: InputError) -> None:
    """Report an error after which the caller can go on with the rest.

    Raises:
        InputError: the error itself, unless errors are being collected.
    """
    error.video = error.video or _video.get()
    errors = _collected.get()
    if errors is None:
        raise error
    errors.append(error)


@contextmanager
def entry(video: str = '') -> Iterator[None]:
    """Read one of many entries of a file. While errors are collected, a bad entry is left out and the rest is read.

    Args:
        video: the video of the entry; errors from inside get its name.

    Raises:
        InputError: what is raised inside, unless errors are being collected.
    """
    token = _video.set(video)
    try:
        yield
    except InputError as error:
        complain(error)
    finally:
        _video.reset(token)
