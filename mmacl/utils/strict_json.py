"""JSON from others, without what Python's reader would silently let pass."""

from __future__ import annotations

import json
from os import PathLike
from typing import Any

from mmacl.utils.errors import InputError
from mmacl.utils.small_text import MAX_BYTES, read_small_text


class _BadJsonError(ValueError):
    """Valid for Python's reader, but not for this one."""


def read_strict_json(path: str | PathLike[str], expected: str, max_bytes: int = MAX_BYTES) -> Any:
    """The JSON value of a file.

    Args:
        path: the file, UTF-8.
        expected: what the file should hold, for messages.
        max_bytes: how large the file may be; a larger one is not read.

    Raises:
        InputError: the file cannot be read, is too large, is not JSON (NaN and Infinity are not), or has a key twice in
            one object.
    """
    return parse_strict_json(read_small_text(path, expected, max_bytes), path, expected)


def parse_strict_json(text: str, path: str | PathLike[str], expected: str) -> Any:
    """The JSON value of a text.

    Args:
        text: what was read.
        path: where it was read, for messages.
        expected: what the file should hold, for messages.

    Raises:
        InputError: it is not JSON (NaN and Infinity are not), or has a key twice in one object.
    """
    try:
        return json.loads(text, object_pairs_hook=_unique_keys, parse_constant=_refuse_constant)
    except _BadJsonError as error:
        raise InputError(f'{path}: {error}') from error
    except (ValueError, RecursionError) as error:
        raise InputError(f'{path}: not JSON ({str(error)[:200]}); expected {expected}') from error


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object without a key twice; Python's reader would keep the last one."""
    content = dict(pairs)
    if len(content) < len(pairs):
        seen: set[str] = set()
        name = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise _BadJsonError(f'{name!r:.80} stands there twice in one object; remove or rename one of them')
    return content


def _refuse_constant(name: str) -> Any:
    raise _BadJsonError(f'{name} is not JSON, and no number to reckon with; correct the file')
