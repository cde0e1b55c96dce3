"""From attention to timed actions (Sec. 3.8): score map, thresholds, outer-inner contrast, suppression."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
