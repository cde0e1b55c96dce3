"""Words of a command line that become arguments of a store."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from typing import Any

from mmacl.utils import InputError

_LITERAL = re.compile(r'[\[({\'"].*|True|False|None|[-+]?\d[\d.e+-]*')


def parse_options(words: Iterable[str]) -> dict[str, Any]:
    """Values by key of words ``KEY=VALUE``.

    A value that is a number, a list, a tuple, a mapping or a quoted text in Python's writing is taken as such; any
    other is text, also ``{video}/c3d``.

    Raises:
        InputError: a word has no ``=``, or a key comes twice.
    """
    options: dict[str, Any] = {}
    for word in words:
        key, equals, value = word.partition('=')
        if not key.isidentifier() or not equals:
            raise InputError('give KEY=VALUE, as in file=features.h5', file=f'--store {word!r}')
        if key in options:
            raise InputError(f'{key} comes twice', file=f'--store {word!r}', remedy='give it once')
        options[key] = _value(value)
    return options


def parse_slices(words: Iterable[str]) -> dict[str, tuple[int, int]]:
    """Columns of each modality of words ``MODALITY=FIRST:STOP``.

    Raises:
        InputError: a word is not of that form, or a modality comes twice.
    """
    slices: dict[str, tuple[int, int]] = {}
    for word in words:
        match = re.fullmatch(r'([^=]+)=(\d{1,9}):(\d{1,9})', word)
        if match is None or match[1] in slices or int(match[2]) >= int(match[3]):
            raise InputError(
                'give each modality once, with its first column and the one after its last, as in '
                'rgb=0:1024 flow=1024:2048',
                file=f'--slices {word!r}',
            )
        slices[match[1]] = (int(match[2]), int(match[3]))
    return slices


def _value(text: str) -> Any:
    if _LITERAL.fullmatch(text):
        try:
            value = ast.literal_eval(text)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            return text
        # {video} is a set of a name, and no literal; a set of literals is no argument of any store.
        return text if isinstance(value, set) else value
    return text
