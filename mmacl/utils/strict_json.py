"""Read JSON of unknown origin; refuse what Python's reader accepts silently."""

from __future__ import annotations

import gc
import json
import re
from collections import Counter
from os import PathLike
from typing import Any

from mmacl.utils.collected_errors import complain
from mmacl.utils.errors import InputError
from mmacl.utils.small_text import MAX_BYTES, read_small_text

# After every key; a string that ends or begins with a colon and a quotation mark looks alike.
_COLON = re.compile(r'"\s*:')


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
    collecting = gc.isenabled()
    gc.disable()  # there are no cycles to find among millions of new objects
    try:
        content = json.loads(text, parse_constant=lambda name: _refuse_constant(name, path))
        # Each pair of key and value has a colon. Only if there are more than pairs are left, some key may be repeated.
        if text.count(':') > (pairs := _num_pairs(content)) and len(_COLON.findall(text)) > pairs:
            content = json.loads(text, object_pairs_hook=lambda found: _unique_keys(found, path))
    except InputError:
        raise
    except (ValueError, RecursionError) as error:
        raise InputError(
            f'not JSON ({str(error)[:200]})', file=path, remedy=f'expected {expected}', kind='not JSON'
        ) from error
    finally:
        if collecting:
            gc.enable()
    return content


def _num_pairs(content: Any) -> int:
    """How many pairs of key and value all objects have together."""
    total, level = 0, [content]
    while level:
        objects = [value for value in level if type(value) is dict]
        arrays = [value for value in level if type(value) is list]
        total += sum(map(len, objects))
        level = [value for item in objects for value in item.values() if type(value) is dict or type(value) is list]
        level += [value for item in arrays for value in item if type(value) is dict or type(value) is list]
    return total


def _unique_keys(pairs: list[tuple[str, Any]], path: str | PathLike[str]) -> dict[str, Any]:
    """The pairs of an object as a dict; refuse a repeated key, of which Python's reader would keep the last value."""
    content = dict(pairs)
    if len(content) < len(pairs):
        for key, count in Counter(key for key, _ in pairs).items():
            if count > 1:
                complain(
                    InputError(
                        f'key {key!r:.80} occurs {"twice" if count == 2 else f"{count} times"} in one object',
                        file=path,
                        remedy='remove or rename one of them',
                        kind='twice',
                    )
                )
    return content


def _refuse_constant(name: str, path: str | PathLike[str]) -> float:
    complain(InputError(f'{name} is not valid JSON', file=path, remedy='use a finite number', kind='not JSON'))
    return float(name)
