"""The metrics of a validation are left to the round's row; those of a test go to a file."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from mmacl.engine import RoundLoggerHook


def test_writes_nothing_after_a_validation():
    # A runner of None: any use of it would fail.
    RoundLoggerHook().after_val_epoch(None, {'tal/mAP@0.5': 0.1})


@pytest.mark.parametrize('simulated', [True, False])
def test_metrics_of_a_test_say_whether_they_are_simulated(simulated, tmp_path):
    hook = RoundLoggerHook()
    hook.json_log_path = 'time.json'
    dataset = SimpleNamespace(metainfo={'simulated': simulated})
    runner = SimpleNamespace(log_dir=str(tmp_path), test_dataloader=SimpleNamespace(dataset=dataset))
    hook.after_test_epoch(runner, {'tal/mAP@0.5': 0.25})
    assert json.loads((tmp_path / 'time.json').read_text()) == {'tal/mAP@0.5': 0.25, 'simulated': simulated}
