"""From features to clusters of videos (Sec. 3.3), and from clusters to actions (Sec. 4.2)."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
