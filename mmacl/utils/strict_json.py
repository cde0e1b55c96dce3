"""JSON from others, without what Python's reader would silently let pass."""

from __future__ import annotations

import json
from collections import Counter
from os import PathLike
from typing import Any

from mmacl.utils.collected_errors import complain
from mmacl.utils.errors import InputError
from mmacl.utils.small_text import MAX_BYTES, read_small_text


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
        return json.loads(
            text,
            object_pairs_hook=lambda pairs: _unique_keys(pairs, path),
            parse_constant=lambda name: _refuse_constant(name, path),
        )
    except InputError:
        raise
    except (ValueError, RecursionError) as error:
        raise InputError(
            f'not JSON ({str(error)[:200]})', file=path, remedy=f'expected {expected}', kind='not JSON'
        ) from error


def _unique_keys(pairs: list[tuple[str, Any]], path: str | PathLike[str]) -> dict[str, Any]:
    """An object without a key twice; Python's reader would keep the last one."""
    content = dict(pairs)
    if len(content) < len(pairs):
        for key, count in Counter(key for key, _ in pairs).items():
            if count > 1:
                complain(
                    InputError(
                        f'{key!r:.80} stands there twice in one object',
                        file=path,
                        remedy='remove or rename one of them',
                        kind='twice',
                    )
                )
    return content


def _refuse_constant(name: str, path: str | PathLike[str]) -> float:
    complain(
        InputError(
            f'{name} is not JSON, and no number to reckon with', file=path, remedy='correct the file', kind='not JSON'
        )
    )
    return float(name)
