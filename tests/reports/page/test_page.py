"""Every file of the page comes with the package, and none of them loads anything."""

from __future__ import annotations

import ast
import fnmatch
import re
from pathlib import Path

import pytest

from mmacl.reports import page as report
from mmacl.reports.page.page import SCRIPT, STYLE, TEMPLATE

ROOT = Path(__file__).resolve().parents[3]
FOLDER = Path(report.__file__).parent
ASSETS = sorted(path.name for path in FOLDER.iterdir() if path.suffix in {'.html', '.css', '.js'})


def test_all_assets_are_used():
    assert sorted([*SCRIPT, *STYLE, TEMPLATE]) == ASSETS


@pytest.mark.parametrize('name', ASSETS)
def test_asset_is_package_data(name):
    setup = ast.parse((ROOT / 'setup.py').read_text())
    data = next(
        ast.literal_eval(word.value)
        for node in ast.walk(setup)
        if isinstance(node, ast.Call)
        for word in node.keywords
        if word.arg == 'package_data'
    )
    assert any(fnmatch.fnmatch(name, pattern) for pattern in data['mmacl.reports.page'])
    manifest = (ROOT / 'MANIFEST.in').read_text()
    assert f'*{Path(name).suffix}' in next(line for line in manifest.splitlines() if 'recursive-include mmacl' in line)


@pytest.mark.parametrize('name', ASSETS)
def test_asset_names_no_address_and_writes_no_markup(name):
    text = (FOLDER / name).read_text()
    addresses = set(re.findall(r'https?://[^\s\'"]+', text))
    # A name of a language, which nobody fetches.
    assert addresses <= {'http://www.w3.org/2000/svg'}
    forbidden = ('innerHTML', 'outerHTML', 'insertAdjacentHTML', 'document.write', 'eval(', '@import', 'fetch(')
    assert not [word for word in forbidden if word in text]


@pytest.mark.parametrize('name', [*SCRIPT, *STYLE])
def test_asset_does_not_end_its_element(name):
    text = (FOLDER / name).read_text()
    assert not re.search(r'</(script|style)|<!--', text)
    assert text.isascii() or name.endswith('.js')
