"""mmacl: find actions in untrimmed video without temporal labels."""

from mmacl.version import __version__

__all__ = ['__version__']
