"""Stops a run whose loss has left the numbers."""

from __future__ import annotations

import math
from typing import Any

import torch
from mmengine.hooks import Hook

from mmacl.registry import HOOKS
from mmacl.utils import InputError


@HOOKS.register_module()
class FiniteLossHook(Hook):
    """Stop when the loss is NaN or infinite, instead of training on.

    Args:
        interval: steps from one look to the next; each look waits for the GPU. The last step of an epoch, after which
            a checkpoint may be written, is always looked at (its loss is that before the last update).
    """

    def __init__(self, interval: int = 10) -> None:
        self.interval = interval

    def after_train_iter(
        self, runner: Any, batch_idx: int, data_batch: Any = None, outputs: dict[str, Any] | None = None
    ) -> None:
        """Look at the loss."""
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
