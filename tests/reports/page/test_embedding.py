"""Nothing from outside becomes markup or script."""

from __future__ import annotations

import base64
import io
import json

import numpy as np
import pytest
from matplotlib.image import imread

from mmacl.reports.page import Picture, embed_json, picture_of, png_uri
from mmacl.reports.page.embedding import policy_hash
from mmacl.visualization.figures import new_figure

HOSTILE = ['</script><script>alert(1)</script>', '<!--', '\u2028\u2029', ']]>', '&lt;', '\ud800', 'é "x" \\ \'']


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
