"""Make the paper's Tables 1 to 5: plan the trainings, collect the figures, write the tables."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
