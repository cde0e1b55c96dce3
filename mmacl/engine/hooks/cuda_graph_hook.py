"""Replay training steps as CUDA graphs."""

from __future__ import annotations

from typing import Any

from mmengine.dist import get_world_size
from mmengine.hooks import Hook

from mmacl.engine.autocast_optim_wrapper import AutocastOptimWrapper
from mmacl.engine.hooks.clustering_hook import bare_model
from mmacl.models.localizers.graphed_loss import GraphedLoss
from mmacl.registry import HOOKS
from mmacl.utils import InputError

_WHEN = ('amp', 'always', 'never')


@HOOKS.register_module()
class CudaGraphHook(Hook):
    """Compute the loss by :class:`~mmacl.models.GraphedLoss` where it can: one process, a GPU, a replayable method.

    Args:
        when: ``'amp'``, ``'always'`` or ``'never'``. In float32 an H100 needs as long to compute a step as the host to
            launch it, so that a replay gains little there.

    Raises:
        InputError: ``when`` is another word.
    """

    def __init__(self, when: str = 'amp') -> None:
        if when not in _WHEN:
            raise InputError(f'cuda_graphs.when={when!r} is not one of {", ".join(_WHEN)}')
        self.when = when

    def before_train(self, runner: Any) -> None:
        """Switch it on."""
        model = bare_model(runner)
        wanted = self.when == 'always' or (
            self.when == 'amp' and isinstance(runner.optim_wrapper, AutocastOptimWrapper)
        )
        if wanted and next(model.parameters()).is_cuda and model.replayable and get_world_size() == 1:
            model.graphed_loss = GraphedLoss(model)
            runner.logger.info('Steps are replayed as CUDA graphs')

    def after_train(self, runner: Any) -> None:
        """Free the memory of the graphs."""
        bare_model(runner).graphed_loss = None
