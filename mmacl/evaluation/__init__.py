"""Score clusters and timed actions (Sec. 4.1): pure functions, and the metrics that collect their input."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
