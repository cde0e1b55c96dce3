"""Values of the wrong type are found, and nothing that might be right is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from torch import Tensor, nn

from mmacl.config.value_types import expected_type


class Base:
    def __init__(self, margin: float = 0.5, note: str | None = None) -> None: ...


class Component(Base):
    def __init__(
        self,
        count: int,
        flag: bool = False,
        names: Sequence[str] = (),
        sizes: tuple[int, ...] = (),
        options: Mapping[str, Any] | None = None,
        store: Mapping[str, Any] | nn.Module | None = None,
        anything: Any = None,
        weight: float | Tensor = 1.0,
        **kwargs: Any,
    ) -> None: ...


Component.__module__ = Base.__module__ = 'mmacl.tests'


@pytest.mark.parametrize(
    ('key', 'value', 'expected'),
    [
        ('count', 'abc', 'a whole number'),
        ('count', True, 'a whole number'),
        ('margin', 'abc', 'a number'),
        ('margin', None, 'a number'),
        ('note', 3, 'text or None'),
        ('flag', 'yes', 'True or False'),
        ('names', 3, 'a list'),
        ('sizes', ['a'], 'a list'),
        ('options', 'abc', 'a mapping or None'),
        ('options', [1], 'a mapping or None'),
    ],
)
def test_wrong_type_is_said_in_words(key, value, expected):
    assert expected_type(Component, key, value) == expected


@pytest.mark.parametrize(
    ('key', 'value'),
    [
        ('count', 3),
        ('margin', 1),
        ('flag', 1),
        ('names', ['a']),
        ('names', ()),
        ('sizes', (1, 2)),
        ('options', None),
        ('options', {'a': 1}),
        ('store', 'a name'),
        ('anything', object()),
        ('weight', 'abc'),
        ('no_such_key', 3),
    ],
)
def test_right_or_unknown_type_passes(key, value):
    assert expected_type(Component, key, value) == ''


def test_components_from_elsewhere_are_believed():
    assert expected_type(nn.Linear, 'in_features', 'abc') == ''
    assert expected_type(len, 'x', 3) == ''
