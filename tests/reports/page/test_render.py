"""The page: values from outside never become markup or script; its files come with the package and load nothing."""

from __future__ import annotations

import ast
import base64
import fnmatch
import io
import json
import re
from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread

from mmacl.reports import page as report
from mmacl.reports.page import Picture, embed_json, gallery, picture_of, png_uri, video_page
from mmacl.reports.page.render import SCRIPT, STYLE, TEMPLATE, policy_hash
from mmacl.visualization.figures import new_figure

ROOT = Path(__file__).resolve().parents[3]
FOLDER = Path(report.__file__).parent
ASSETS = sorted(path.name for path in FOLDER.iterdir() if path.suffix in {'.html', '.css', '.js'})
SCRIPTS = dict.fromkeys((*SCRIPT, *video_page._SCRIPTS, *gallery._SCRIPTS))
STYLES = dict.fromkeys((*STYLE, *video_page._STYLES, *gallery._STYLES))
HOSTILE = ['</script><script>alert(1)</script>', '<!--', '\u2028\u2029', ']]>', '&lt;', '\ud800', 'é "x" \\ \'']


def test_all_assets_are_used():
    templates = (TEMPLATE, 'macros.html', 'tables.html', 'video.html', 'gallery.html')
    assert sorted({*SCRIPTS, *STYLES, *templates}) == ASSETS


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
    assert any(fnmatch.fnmatch(name, pattern) for pattern in data[''])
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


@pytest.mark.parametrize('name', [*SCRIPTS, *STYLES])
def test_asset_does_not_end_its_element(name):
    text = (FOLDER / name).read_text()
    assert not re.search(r'</(script|style)|<!--', text)
    assert text.isascii() or name.endswith('.js')


def test_json_comes_back_and_ends_nothing():
    text = embed_json({name: [name] for name in HOSTILE})
    assert json.loads(text) == {name: [name] for name in HOSTILE}
    assert text.isascii()
    assert not set('<>&\n') & set(text)


def test_nan_is_refused():
    with pytest.raises(ValueError, match='JSON'):
        embed_json([float('nan')])


def test_image_comes_back():
    image = np.random.default_rng(0).integers(0, 255, (20, 30, 3), dtype=np.uint8)
    kind, _, content = png_uri(image).partition(',')
    assert kind == 'data:image/png;base64'
    found = imread(io.BytesIO(base64.b64decode(content)), format='png')
    np.testing.assert_array_equal(np.rint(found[..., :3] * 255).astype(np.uint8), image)


def test_figure_becomes_a_picture_that_knows_its_size():
    figure = new_figure(4, 2)
    figure.subplots()
    picture = picture_of(figure, 'title', 'what is seen')
    assert (picture.width, picture.height, picture.wide) == (400, 200, True)
    assert not Picture('', '', '', 100, 100).wide


def test_hash_is_that_of_the_standard():
    # From the specification of Content Security Policy.
    assert policy_hash("alert('Hello, world.');") == "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='"
