"""How values from outside get into the page without ever becoming a part of its language."""

from __future__ import annotations

import base64
import hashlib
import io
import json
from typing import Any, NamedTuple

import numpy as np
from matplotlib.figure import Figure
from matplotlib.image import imsave
from numpy.typing import NDArray

from mmacl.visualization.figures import figure_to_rgb


class Picture(NamedTuple):
    """A picture of the page.

    Attributes:
        title: above it.
        alt: what is to be seen, for those who do not see it.
        source: the image itself as a data URI.
        width: in pixels.
        height: in pixels.
        caption: how to read it; may be empty.
    """

    title: str
    alt: str
    source: str
    width: int
    height: int
    caption: str = ''

    @property
    def wide(self) -> bool:
        """Whether it needs the whole width of the page."""
        return self.width > 1.5 * self.height


def picture_of(figure: Figure, title: str, alt: str, caption: str = '') -> Picture:
    """Render a figure of :func:`~mmacl.visualization.figures.new_figure`."""
    image = figure_to_rgb(figure)
    height, width = image.shape[:2]
    return Picture(title, alt, png_uri(image), width, height, caption)


def png_uri(image: NDArray[np.uint8]) -> str:
    """An RGB image, (H, W, 3), as a data URI."""
    buffer = io.BytesIO()
    imsave(buffer, image, format='png')
    return f'data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}'


def embed_json(value: Any) -> str:
    """JSON for ``<script type="application/json">``: nothing in it can end the element or a line of script.

    Only ASCII is left, so U+2028 and U+2029 are escaped too, and so are ``<``, ``>`` and ``&``. NaN is refused.
    """
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(',', ':'))
    return text.replace('&', r'\u0026').replace('<', r'\u003c').replace('>', r'\u003e')


def policy_hash(text: str) -> str:
    """The source expression by which a Content Security Policy allows this very text as a script or a style."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
