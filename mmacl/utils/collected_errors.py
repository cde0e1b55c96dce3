"""All mistakes in place of the first: what a checker wants, and a training does not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from mmacl.utils.errors import InputError

_collected: ContextVar[list[InputError] | None] = ContextVar('collected', default=None)


@contextmanager
def collect_errors() -> Iterator[list[InputError]]:
    """Inside, in this thread, :func:`complain` and :func:`entry` go on, and the list takes what they would raise."""
    errors: list[InputError] = []
    token = _collected.set(errors)
    try:
        yield errors
    finally:
        _collected.reset(token)


def complain(error: InputError) -> None:
    """Say that something is wrong after which the caller can go on with what is left.

    Raises:
        InputError: the error itself, unless errors are being collected.
    """
    errors = _collected.get()
    if errors is None:
        raise error
    errors.append(error)


@contextmanager
def entry(video: str = '') -> Iterator[None]:
    """One of many entries of a file: where errors are being collected, a bad one is left out, and the rest is read.

    Args:
        video: the video that it is about, which errors from inside come to name.

    Raises:
        InputError: what is raised inside, unless errors are being collected.
    """
    try:
        yield
    except InputError as error:
        error.video = error.video or video
        complain(error)
