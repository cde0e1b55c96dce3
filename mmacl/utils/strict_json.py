"""JSON from others, without what Python's reader would silently let pass."""

from __future__ import annotations

import json
from collections import Counter
from os import PathLike
from pathlib import Path
from typing import Any

from mmacl.utils.collected_errors import complain
from mmacl.utils.errors import InputError


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
        return json.loads(
            text,
            object_pairs_hook=lambda pairs: _unique_keys(pairs, path),
            parse_constant=lambda name: _refuse_constant(name, path),
        )
    except InputError:
        raise
    except (ValueError, RecursionError) as error:
        raise InputError(f'{path}: not JSON ({str(error)[:200]}); expected {expected}', 'not JSON') from error


def _unique_keys(pairs: list[tuple[str, Any]], path: str | PathLike[str]) -> dict[str, Any]:
    """An object without a key twice; Python's reader would keep the last one."""
    content = dict(pairs)
    if len(content) < len(pairs):
        for key, count in Counter(key for key, _ in pairs).items():
            if count > 1:
                complain(
                    InputError(
                        f'{path}: {key!r:.80} stands there twice in one object; remove or rename one of them', 'twice'
                    )
                )
    return content


def _refuse_constant(name: str, path: str | PathLike[str]) -> float:
    complain(InputError(f'{path}: {name} is not JSON, and no number to reckon with; correct the file', 'not JSON'))
    return float(name)
