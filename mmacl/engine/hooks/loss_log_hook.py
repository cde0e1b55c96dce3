"""Hand the losses to the log without waiting for the GPU in each step."""

from __future__ import annotations

from typing import Any

import torch
from mmengine.hooks import LoggerHook, RuntimeInfoHook

from mmacl.registry import HOOKS


@HOOKS.register_module()
class LossLogHook(RuntimeInfoHook):
    """mmengine's hook, which reads the losses of a step back in that step, but for many steps at once.

    They are read back before a line is logged and at the end of an epoch, so that log and checkpoints are the same.
    """

    def before_train(self, runner: Any) -> None:
        """Find out how often a line is logged."""
        super().before_train(runner)
        self._steps: list[dict[str, Any]] = []
        self._intervals = [hook.interval for hook in runner.hooks if isinstance(hook, LoggerHook)]

    def after_train_iter(
        self, runner: Any, batch_idx: int, data_batch: Any = None, outputs: dict[str, Any] | None = None
    ) -> None:
        """Keep the losses; pass them on when they are needed."""
        if outputs is not None:
            self._steps.append(outputs)
        is_logged = any(self.every_n_inner_iters(batch_idx, interval) for interval in self._intervals)
        if is_logged or self.end_of_epoch(runner.train_dataloader, batch_idx):
            self._pass_on(runner)

    def _pass_on(self, runner: Any) -> None:
        """Read all back at once and update the message hub, step by step."""
        values = [torch.as_tensor(value).detach().double() for step in self._steps for value in step.values()]
        numbers = iter(torch.stack(values).tolist() if values else ())
        for step in self._steps:
            for key in step:
                runner.message_hub.update_scalar(f'train/{key}', next(numbers))
        self._steps = []
