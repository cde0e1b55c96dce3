"""Look at a data set whole, and list everything that is wrong with it; nothing of it is changed."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
