"""Readers of public annotation layouts, and the one form that they all become.

A reader is a class with a constructor argument ``path`` and a method ``read() -> AnnotationSet``, registered in
``ANNOTATION_READERS``.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
