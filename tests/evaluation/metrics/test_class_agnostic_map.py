"""MAP without names, as a metric of a run."""

from __future__ import annotations

import numpy as np
import pytest
from mmengine.evaluator import Evaluator
from mmengine.structures import InstanceData

from mmacl.registry import METRICS
from mmacl.structures import ActionDataSample


def instances(rows):
    rows = np.array(rows, dtype=float).reshape(-1, 4)
    return InstanceData(segments=rows[:, :2], labels=rows[:, 2].astype(int), scores=rows[:, 3])


@pytest.fixture
def sample():
    """Everything is found, under the wrong name; one instance has two names."""
    sample = ActionDataSample(metainfo=dict(video_name='a'))
    sample.gt_instances = instances([(0, 10, 0, 1), (0, 10, 1, 1), (20, 30, 0, 1)])
    sample.pred_instances = instances([(0, 10, 2, 0.9), (0, 10, 3, 0.8), (20, 30, 2, 0.7)])
    return sample


def test_stands_beside_map_in_a_list_of_metrics(sample):
    both = [
        METRICS.build(dict(type=name, tiou_thresholds=(0.5,), averages=()))
        for name in ('TemporalMAP', 'ClassAgnosticMAP')
    ]
    evaluator = Evaluator(both)
    evaluator.dataset_meta = dict(classes=('a', 'b', 'c', 'd'))
    evaluator.process([sample])
    assert evaluator.evaluate(1) == {'tal/mAP@0.5': 0.0, 'agnostic/mAP@0.5': 1.0}


def test_the_log_says_so(sample, monkeypatch):
    lines = []
    module = 'mmacl.evaluation.metrics.temporal_map'
    monkeypatch.setattr(f'{module}.print_log', lambda text, logger: lines.append(text))
    evaluator = Evaluator([METRICS.build(dict(type='ClassAgnosticMAP', classwise=True))])
    evaluator.dataset_meta = dict(classes=('a', 'b', 'c', 'd'))
    evaluator.process([sample])
    evaluator.evaluate(1)
    assert lines[0].startswith('Class-agnostic')
    assert '2 instances of 1 classes' in lines[1]
    assert 'any action' in lines[2]
