"""Run trainings and tests: the loop over rounds, hooks, checkpoints, optimiser wrappers, processes."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
