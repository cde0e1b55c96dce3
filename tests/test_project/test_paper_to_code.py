"""The page that leads from the paper to the code is true."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

from mmacl.apis import load_config

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / 'docs/en/paper_to_code.md').read_text()
ROWS = [[cell.strip() for cell in line.strip('|').split('|')] for line in PAGE.splitlines() if line.startswith('|')]
CODE = [(row[2].strip('`'), row[3].strip('`')) for row in ROWS if row[-1].startswith('`mmacl/')]
KEYS = [(row[2].strip('`'), row[3], row[4]) for row in ROWS if len(row) == 5 and row[2].startswith('`')]


def literal(cell: str) -> object:
    """The value in a cell of a table."""
    return eval(cell.strip('`'), {'__builtins__': {}, 'dict': dict})


def look_up(config, path: str) -> object:
    """A value of a config, spelled out there."""
    node = config._cfg_dict
    for part in path.split('.'):
        node = node[int(part)] if part.isdigit() else node[part]
    return node


def plain(value: object) -> object:
    """Equal for what a config cannot tell apart."""
    return list(value) if isinstance(value, tuple) else value


def test_the_page_has_both_tables():
    assert len(CODE) > 25
    assert len(KEYS) > 35


@pytest.mark.parametrize(('name', 'path'), CODE)
def test_class_is_in_its_file(name, path):
    module = importlib.import_module(path.removesuffix('.py').replace('/', '.'))
    found = getattr(module, name)
    assert found.__module__ == module.__name__


@pytest.mark.parametrize(('column', 'config'), [(1, 'acl_thumos14_us'), (2, 'acl_thumos14_us_release')])
def test_values_are_those_of_the_configs(column, config):
    loaded = load_config(ROOT / f'configs/acl/{config}.py')
    wrong = []
    for row in KEYS:
        key, cell = row[0], row[column]
        if cell == '-':
            with pytest.raises(KeyError):
                look_up(loaded, key)
        elif plain(look_up(loaded, key)) != plain(literal(cell)):
            wrong.append(f'{key} is {look_up(loaded, key)!r}, the page says {cell}')
    assert not wrong, '\n'.join(wrong)


def test_folders_that_are_named_exist():
    named = set(re.findall(r'`((?:configs|mmacl|tools)/[\w/]+/)`', PAGE))
    assert named
    assert all((ROOT / name).is_dir() for name in named)
