"""Render the HTML file: all values are escaped, and the page loads nothing."""

from __future__ import annotations

import base64
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import TYPE_CHECKING, Any, NamedTuple

from jinja2 import Environment, FunctionLoader, StrictUndefined
from matplotlib.image import imsave

from mmacl.visualization.figures import figure_to_rgb

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

STYLE = ('report.css', 'timeline.css')
SCRIPT = ('elements.js', 'videos.js', 'timeline.js', 'drawing.js', 'report.js')
TEMPLATE = 'report.html'


class Picture(NamedTuple):
    """A picture of the page.

    Attributes:
        title: above the picture.
        alt: alternative text: what the picture shows.
        source: the image as a data URI.
        width: in pixels.
        height: in pixels.
        caption: how to read the picture; may be empty.
    """

    title: str
    alt: str
    source: str
    width: int
    height: int
    caption: str = ''

    @property
    def wide(self) -> bool:
        """Whether the picture takes the whole width of the page."""
        return self.width > 1.5 * self.height


def picture_of(figure: Figure, title: str, alt: str, caption: str = '') -> Picture:
    """Render a figure of :func:`~mmacl.visualization.figures.new_figure`."""
    image = figure_to_rgb(figure)
    height, width = image.shape[:2]
    return Picture(title, alt, png_uri(image), width, height, caption)


def png_uri(image: NDArray[np.uint8]) -> str:
    """Encode an RGB image, (H, W, 3), as a data URI."""
    buffer = io.BytesIO()
    imsave(buffer, image, format='png')
    return f'data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}'


def embed_json(value: Any) -> str:
    """Write JSON for ``<script type="application/json">`` that cannot end the element or a line of script.

    The output is ASCII (U+2028 and U+2029 are escaped too), with ``<``, ``>`` and ``&`` escaped. NaN is refused.
    """
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(',', ':'))
    return text.replace('&', r'\u0026').replace('<', r'\u003c').replace('>', r'\u003e')


def policy_hash(text: str) -> str:
    """Return the source expression with which a Content Security Policy allows exactly this script or style."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def render_page(
    content: Mapping[str, Any],
    template: str = TEMPLATE,
    scripts: Sequence[str] = SCRIPT,
    styles: Sequence[str] = STYLE,
    media: str = '',
) -> str:
    """Fill the template; every value is escaped.

    The page's Content Security Policy allows the scripts and styles of this page by their hashes and embedded images,
    and forbids loading anything else.

    Args:
        content: values by their name in the template.
        template: file of the package.
        scripts: files of the package that the template embeds as ``script``.
        styles: files of the package that the template embeds as ``style``.
        media: where video may come from, as source expressions of the policy; empty: from nowhere.
    """
    style, script = ('\n'.join(_asset(name) for name in names) for names in (styles, scripts))
    policy = (
        f"default-src 'none'; script-src {policy_hash(script)}; style-src {policy_hash(style)}; img-src data:; "
        f"{f'media-src {media}; ' if media else ''}base-uri 'none'; form-action 'none'"
    )
    environment = Environment(
        loader=FunctionLoader(_asset), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters['embed'] = embed_json
    page = environment.get_template(template).render(
        style=style,
        script=script,
        policy=policy,
        **content,
    )
    # UTF-8 cannot encode a lone surrogate.
    return page.encode('utf-8', 'replace').decode('utf-8')


def _asset(name: str) -> str:
    """Read a file of the package."""
    return files(__package__).joinpath(name).read_text(encoding='utf-8').strip() + '\n'
