"""JSON from others, without what Python's reader would silently let pass."""

from __future__ import annotations

import json
from os import PathLike
from pathlib import Path
from typing import Any

from mmacl.utils.errors import InputError


class _BadJsonError(ValueError):
    """Valid for Python's reader, but not for this one."""


def read_strict_json(path: str | PathLike[str], expected: str) -> Any:
    """The JSON value of a file.

    Args:
        path: the file, UTF-8.
        expected: what the file should hold, for messages.

    Raises:
        InputError: the file cannot be read, is not JSON (NaN and Infinity are not), or has a key twice in one object.
    """
    try:
        text = Path(path).read_text(encoding='utf-8-sig')
    except OSError as error:
        raise InputError(f'{path}: cannot be read ({error.strerror}); expected {expected}') from error
    except UnicodeDecodeError as error:
        raise InputError(f'{path}: not JSON ({str(error)[:200]}); expected {expected}') from error
    return parse_strict_json(text, path, expected)


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
