"""Convert features and annotations of any public layout to a folder that mmacl reads directly."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
