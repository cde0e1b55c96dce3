"""From any public layout to a folder that mmacl reads without further ado."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
