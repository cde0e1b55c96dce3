"""mmengine's logger hook, less what the tables say better."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mmengine.dist import is_main_process
from mmengine.hooks import LoggerHook

from mmacl.registry import HOOKS
from mmacl.utils import write_json_atomically


@HOOKS.register_module()
class RoundLoggerHook(LoggerHook):
    """Log the steps of training; leave the metrics of a validation to :class:`RoundSummaryHook`.

    It writes them once a round, in one row together with the clustering metrics. The metrics of a test go to
    ``<work_dir>/<time>/<time>.json``, with ``simulated`` beside them; the metric has printed its table.
    """

    def after_val_epoch(self, runner: Any, metrics: dict[str, float] | None = None) -> None:
        """Nothing: the metric has printed its table, and the round's row follows."""

    def after_test_epoch(self, runner: Any, metrics: dict[str, float] | None = None) -> None:
        """Write the metrics of a test."""
        if is_main_process():
            simulated = bool(runner.test_dataloader.dataset.metainfo.get('simulated', False))
            found = {name: float(value) for name, value in (metrics or {}).items()}
            write_json_atomically(Path(runner.log_dir) / self.json_log_path, {**found, 'simulated': simulated})
