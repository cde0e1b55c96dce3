"""Write a config as Python source that reads back with the same values in the same order."""

from __future__ import annotations

from collections.abc import Mapping
from keyword import iskeyword
from typing import Any

_WIDTH = 120
_INDENT = 4


def config_text(values: Mapping[str, Any]) -> str:
    """Write one assignment for each key.

    Unlike mmengine's ``pretty_text`` it keeps the order of keys: that of ``in_channels`` is the order of the weights of
    a model that reads all modalities at once.
    """
    return ''.join(f'{key} = {_text(value, 0, len(key) + 3)}\n' for key, value in values.items())


def _text(value: object, indent: int, used: int) -> str:
    """Write a value in the rest of a line of which ``used`` characters are taken, or else a line for each item."""
    if not isinstance(value, (Mapping, list, tuple)):
        return repr(value) if isinstance(value, str) else str(value)
    items = _items(value, indent + _INDENT)
    opening, closing = _brackets(value)
    line = opening + ', '.join(items) + (',' if isinstance(value, tuple) and len(items) == 1 else '') + closing
    if not items or ('\n' not in line and used + len(line) < _WIDTH):
        return line
    margin = '\n' + ' ' * (indent + _INDENT)
    return opening + ''.join(f'{margin}{item},' for item in items) + '\n' + ' ' * indent + closing


def _items(value: Mapping[Any, Any] | list[Any] | tuple[Any, ...], indent: int) -> list[str]:
    if not isinstance(value, Mapping):
        return [_text(item, indent, indent) for item in value]
    names = [f'{key}=' if _is_plain(value) else f'{_text(key, indent, indent)}: ' for key in value]
    return [name + _text(item, indent, indent + len(name)) for name, item in zip(names, value.values(), strict=True)]


def _brackets(value: Mapping[Any, Any] | list[Any] | tuple[Any, ...]) -> tuple[str, str]:
    if isinstance(value, Mapping):
        return ('dict(', ')') if _is_plain(value) else ('{', '}')
    return ('[', ']') if isinstance(value, list) else ('(', ')')


def _is_plain(value: Mapping[Any, Any]) -> bool:
    """Whether all keys can be keywords of ``dict``."""
    return all(isinstance(key, str) and key.isidentifier() and not iskeyword(key) for key in value)
