"""Draw arrays: timelines of videos (Fig. 5), the clusters of each round (Fig. 4), data sets, error analyses."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
