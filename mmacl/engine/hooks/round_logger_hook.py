"""mmengine's logger hook, less what the tables say better."""

from __future__ import annotations

from typing import Any

from mmengine.hooks import LoggerHook

from mmacl.registry import HOOKS


@HOOKS.register_module()
class RoundLoggerHook(LoggerHook):
    """Log the steps of training; leave the metrics of a validation to :class:`RoundSummaryHook`.

    It writes them once a round, in one row together with the clustering metrics.
    """

    def after_val_epoch(self, runner: Any, metrics: dict[str, float] | None = None) -> None:
        """Nothing: the metric has printed its table, and the round's row follows."""
