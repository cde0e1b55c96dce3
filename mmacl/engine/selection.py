"""How the model that counts is selected, which every table must say."""

from __future__ import annotations

from typing import Any

from mmengine.evaluator import Evaluator

from mmacl.evaluation.metrics.map_table import BEST_ON_TEST, STRICT


def selection_of(runner: Any) -> str:
    """``STRICT``, or ``BEST_ON_TEST`` where a hook keeps the best checkpoint or the loaded one was kept so.

    Args:
        runner: with hooks, one of which may have the attribute ``chosen_by_labels``.
    """
    chosen = any(getattr(hook, 'chosen_by_labels', False) for hook in runner.hooks)
    return BEST_ON_TEST if chosen else STRICT


def tell_metrics(evaluator: Evaluator, selection: str) -> None:
    """Let the metrics that print tables say it in them."""
    for metric in evaluator.metrics:
        if hasattr(metric, 'selection'):
            metric.selection = selection
