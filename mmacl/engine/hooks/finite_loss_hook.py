"""Stop a run whose loss is not finite."""

from __future__ import annotations

import math
from typing import Any

import torch
from mmengine.hooks import Hook

from mmacl.registry import HOOKS
from mmacl.utils import InputError


@HOOKS.register_module()
class FiniteLossHook(Hook):
    """Stop the training when the loss is NaN or infinite.

    Args:
        interval: steps between two checks; each check waits for the GPU. The last step of an epoch is always checked,
            since a checkpoint may follow (its loss is that before the last update).
    """

    def __init__(self, interval: int = 10) -> None:
        self.interval = interval

    def after_train_iter(
        self, runner: Any, batch_idx: int, data_batch: Any = None, outputs: dict[str, Any] | None = None
    ) -> None:
        """Check the loss."""
        last = self.end_of_epoch(runner.train_dataloader, batch_idx)
        if outputs is None or not (last or self.every_n_inner_iters(batch_idx, self.interval)):
            return
        loss = torch.as_tensor(outputs['loss']).item()
        if not math.isfinite(loss):
            terms = ', '.join(
                f'{name} {torch.as_tensor(value).item():.3g}' for name, value in outputs.items() if name != 'loss'
            )
            raise InputError(
                f'the loss is {loss} at step {runner.iter + 1} ({terms})',
                remedy='start again with a lower optim_wrapper.optimizer.lr',
            )
