"""Replay training steps as CUDA graphs."""

from __future__ import annotations

from typing import Any

from mmengine.dist import get_world_size
from mmengine.hooks import Hook

from mmacl.engine.hooks.clustering_hook import bare_model
from mmacl.models.localizers.graphed_loss import GraphedLoss
from mmacl.registry import HOOKS


@HOOKS.register_module()
class CudaGraphHook(Hook):
    """Compute the loss by :class:`~mmacl.models.GraphedLoss` where it can: one process, a GPU, a replayable method.

    Args:
        enabled: False: never.
    """

    def __init__(self, enabled: bool = True) -> None:
        self.enabled = enabled

    def before_train(self, runner: Any) -> None:
        """Switch it on."""
        model = bare_model(runner)
        on_gpu = next(model.parameters()).is_cuda
        if self.enabled and on_gpu and model.replayable and get_world_size() == 1:
            model.graphed_loss = GraphedLoss(model)
            runner.logger.info('Steps are replayed as CUDA graphs; default_hooks.cuda_graphs.enabled=False: not')

    def after_train(self, runner: Any) -> None:
        """Free the memory of the graphs."""
        bare_model(runner).graphed_loss = None
