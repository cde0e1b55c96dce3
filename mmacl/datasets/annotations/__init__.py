"""The formats of annotations, and the one form in memory that all become.

A format is a class in ``ANNOTATION_READERS`` with a constructor argument ``path`` and a method
``read() -> AnnotationSet``; see :class:`AnnotationFormat`.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
