"""One HTML file that needs nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined

from mmacl.reports.page.embedding import embed_json, policy_hash

STYLE = ('report.css', 'timeline.css')
SCRIPT = ('videos.js', 'timeline.js', 'drawing.js', 'report.js')
TEMPLATE = 'report.html'


def render_page(content: Mapping[str, Any]) -> str:
    """Fill the template; every value is escaped.

    The page's Content Security Policy lets a browser run and apply what stands here by its hash, show images that are
    embedded, and load nothing.

    Args:
        content: what the template names.
    """
    style, script = ('\n'.join(_asset(name) for name in names) for names in (STYLE, SCRIPT))
    policy = (
        f"default-src 'none'; script-src {policy_hash(script)}; style-src {policy_hash(style)}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    environment = Environment(
        loader=FunctionLoader(_asset), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters['embed'] = embed_json
    page = environment.get_template(TEMPLATE).render(
        style=style,
        script=script,
        policy=policy,
        **content,
    )
    # A lone surrogate is no text.
    return page.encode('utf-8', 'replace').decode('utf-8')


def _asset(name: str) -> str:
    """A file that comes with the package."""
    return files(__package__).joinpath(name).read_text(encoding='utf-8').strip() + '\n'
