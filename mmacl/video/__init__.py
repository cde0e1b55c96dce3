"""From video files to snippet features (Sec. 3.1): decoding, snippets, extractors.

Needs PyAV, which comes with ``pip install 'mmacl[video]'``.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
