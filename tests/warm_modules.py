"""What the server of :mod:`tests.warm_process` imports, once: the package, and what it imports inside functions."""

from importlib import import_module
from pkgutil import walk_packages

import torch

import mmacl

_USED_INSIDE_FUNCTIONS = (
    'matplotlib.backends.backend_agg',
    'matplotlib.figure',
    'mmcv.cnn',
    'mmcv.transforms',
    'mmengine.runner',
    'mmengine.utils.dl_utils',
    'rich.progress',
    'sklearn.cluster',
    'sklearn.manifold',
    'sklearn.metrics',
    'torch._dynamo',
    'torch.utils.cpp_extension',
)

for name in (*(found.name for found in walk_packages(mmacl.__path__, 'mmacl.')), *_USED_INSIDE_FUNCTIONS):
    if not name.endswith('__main__'):
        import_module(name)
torch.set_num_threads(1)
__all__ = ['mmacl']
