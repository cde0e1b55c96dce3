"""How Sphinx builds these pages: offline, and with warnings as errors (``make docs``)."""

from __future__ import annotations

from mmacl.version import __version__

project = 'mmacl'
author = 'the mmacl developers'
copyright = 'the mmacl developers'
release = __version__

extensions = ['myst_parser', 'sphinx.ext.autodoc', 'sphinx.ext.napoleon', 'sphinx.ext.viewcode']
exclude_patterns = ['_build']

myst_enable_extensions = ['colon_fence', 'deflist']
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
