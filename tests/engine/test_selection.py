"""Who says how the model was selected."""

from __future__ import annotations

from types import SimpleNamespace

from mmacl.engine import AtomicCheckpointHook
from mmacl.engine.selection import selection_of, tell_metrics
from mmacl.evaluation import TemporalMAP
from mmacl.evaluation.metrics.map_table import BEST_ON_TEST, STRICT


def test_strict_unless_a_hook_chooses_by_labels():
    assert selection_of(SimpleNamespace(hooks=[object(), AtomicCheckpointHook()])) == STRICT
    assert selection_of(SimpleNamespace(hooks=[AtomicCheckpointHook(save_best='tal/mAP@0.5')])) == BEST_ON_TEST


def test_metrics_are_told_if_they_listen():
    metric, other = TemporalMAP(), SimpleNamespace()
    assert metric.selection == STRICT
    tell_metrics(SimpleNamespace(metrics=[metric, other]), BEST_ON_TEST)
    assert metric.selection == BEST_ON_TEST
    assert not hasattr(other, 'selection')
