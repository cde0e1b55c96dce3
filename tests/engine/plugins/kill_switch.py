"""A plug-in for tests: kills its own process, as ``kill -9`` does, at a moment named by the environment."""

from __future__ import annotations

import os
import signal
from typing import Any

from mmengine.hooks import Hook

from mmacl.registry import HOOKS

MOMENT = os.environ.get('KILL_MOMENT', '')


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@HOOKS.register_module()
class KillSwitchHook(Hook):
    """Moments: ``mid_round``, ``clustering``, ``before_validation``, ``while_saving``, ``after_validation``."""

    priority = 'LOWEST'

    def after_train_iter(self, runner: Any, batch_idx: int, data_batch: Any = None, outputs: Any = None) -> None:
        # Round 2 is epochs 2 and 3: this is the second step of epoch 3, past a checkpoint inside the round.
        if MOMENT == 'mid_round' and runner.epoch == 3 and batch_idx == 1:
            _kill()

    def before_train_round(self, runner: Any, round: int) -> None:
        if MOMENT == 'clustering' and round == 2:
            _kill()

    def after_train_epoch(self, runner: Any) -> None:
        if MOMENT == 'before_validation' and runner.epoch == 3:
            _kill()

    def after_train_round(self, runner: Any, round: int, metrics: Any) -> None:
        if MOMENT == 'after_validation' and round == 2:
            _kill()

    def before_save_checkpoint(self, runner: Any, checkpoint: dict) -> None:
        if MOMENT == 'while_saving' and runner.epoch == 3:
            # The bytes are on their way, the rename has not happened.
            os.replace = lambda *args: _kill()
