"""How Sphinx builds these pages: offline, and with warnings as errors (``make docs``)."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from mmacl.version import __version__

ROOT = Path(__file__).resolve().parents[2]


def methods_table() -> str:
    """Return a table of all methods, from the metafiles beside their configs."""
    rows = ['| method | paper | configs | data |', '|---|---|---|---|']
    for metafile in sorted((ROOT / 'configs').glob('*/metafile.yml')):
        folder, content = metafile.parent.name, yaml.safe_load(metafile.read_text(encoding='utf-8'))
        # The data set stands before the setting: acl_synthetic_us_cls.
        data = sorted({re.split('_(?:us|ws)', model['Name'])[0].rpartition('_')[-1] for model in content['Models']})
        for method in content['Collections']:
            page = Path(__file__).with_name('methods') / f'{folder}.md'
            name = f'[{method["Name"]}]({page.name})' if page.exists() else method['Name']
            paper = method['Paper']
            rows.append(f'| {name} | {paper["Title"]}, {paper["Venue"]} | `configs/{folder}/` | {", ".join(data)} |')
    return '\n'.join(rows)


project = 'mmacl'
author = 'the mmacl developers'
copyright = 'the mmacl developers'
release = __version__

extensions = ['myst_parser', 'sphinx.ext.autodoc', 'sphinx.ext.napoleon', 'sphinx.ext.viewcode']
exclude_patterns = ['_build']

myst_enable_extensions = ['colon_fence', 'deflist', 'substitution']
myst_substitutions = {'methods': methods_table()}
myst_heading_anchors = 4

autodoc_member_order = 'bysource'
autodoc_typehints = 'signature'
autodoc_typehints_format = 'short'
autodoc_preserve_defaults = True
autodoc_type_aliases = {'ArrayLike': 'ArrayLike'}
napoleon_numpy_docstring = False
napoleon_use_rtype = False
napoleon_use_ivar = True
# A cross-reference in a docstring may be short, such as :class:`FAB`; some point into torch or mmengine.
nitpicky = False

html_theme = 'alabaster'
html_static_path = ['_static']
html_theme_options = {
    'description': 'Find actions in untrimmed video without temporal labels',
    'page_width': '1400px',
    'body_max_width': '1160px',
    'fixed_sidebar': True,
}
html_show_sourcelink = False
