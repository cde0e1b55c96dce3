"""Diagnose why detections are wrong and instances are missed, after Alwassel et al., ECCV 2018."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
