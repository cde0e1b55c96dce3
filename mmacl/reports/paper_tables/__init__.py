"""The paper's Tables 1 to 5: what they need, what they say, how they look."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
