"""Check values of a config against the types that constructors of mmacl declare."""

from __future__ import annotations

import inspect
import types
import typing
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

_WORDS: dict[Any, str] = {
    bool: 'True or False',
    int: 'a whole number',
    float: 'a number',
    str: 'text',
    type(None): 'None',
    Mapping: 'a mapping',
    Sequence: 'a list',
}


def expected_type(component: Any, key: str, value: Any) -> str:
    """Say in words what type a key takes if the value is certainly of another type; else return ''.

    Only types that a config can express are checked, and only components of mmacl: others may take more than they
    annotate.
    """
    hint = _hints(component).get(key, Any)
    if _fits(value, hint):
        return ''
    kinds = [_kind(option) for option in _options(hint)]
    return ' or '.join(dict.fromkeys(_WORDS[kind] for kind in kinds if kind in _WORDS))


@cache
def _hints(component: Any) -> dict[str, Any]:
    """Return the annotations of the constructor's parameters."""
    if not getattr(component, '__module__', '').startswith('mmacl.'):
        return {}
    found: dict[str, Any] = {}
    for base in component.__mro__ if inspect.isclass(component) else ():
        constructor = vars(base).get('__init__')
        if constructor is not None and base.__module__.startswith('mmacl.'):
            try:
                found = typing.get_type_hints(constructor) | found
            except NameError:  # a name is imported for type checks alone
                continue
    return found


def _fits(value: Any, hint: Any) -> bool:
    """Whether a value may be of a type; True if unsure."""
    return any(_fits_one(value, option) for option in _options(hint))


def _fits_one(value: Any, option: Any) -> bool:
    kind = _kind(option)
    if kind in (int, float):
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if kind is bool:
        return isinstance(value, (bool, int))
    if kind is Sequence and isinstance(value, (list, tuple)):
        inner = [argument for argument in typing.get_args(option) if argument is not Ellipsis]
        return len(inner) != 1 or all(_fits(item, inner[0]) for item in value)
    if kind is Sequence:
        # Text is a sequence too, and a mapping may describe an object that is one.
        return not (value is None or isinstance(value, (int, float)))
    if kind is Mapping:
        return isinstance(value, Mapping)
    return isinstance(value, kind) if kind in _WORDS else True


def _options(hint: Any) -> tuple[Any, ...]:
    """Return the members of a union, or the type alone."""
    return typing.get_args(hint) if typing.get_origin(hint) in (typing.Union, types.UnionType) else (hint,)


def _kind(option: Any) -> Any:
    origin = typing.get_origin(option) or option
    if origin in (list, tuple):
        return Sequence
    return Mapping if origin is dict else origin
