"""AR@AN as a metric of a run."""

from __future__ import annotations

import numpy as np
import pytest
from mmengine.evaluator import Evaluator
from mmengine.structures import InstanceData

from mmacl.evaluation import AverageRecall
from mmacl.evaluation.functional import SegmentTable, average_recall
from mmacl.registry import METRICS
from mmacl.structures import ActionDataSample
from mmacl.utils import InputError

FOUND = {'a': [(0, 9, 1, 0.9), (20, 30, 0, 0.8)], 'b': [(5, 9, 0, 0.3)]}
RGB = {'a': [(0, 10, 0, 0.9)], 'b': []}


def instances(rows):
    rows = np.array(rows, dtype=float).reshape(-1, 4)
    return InstanceData(segments=rows[:, :2], labels=rows[:, 2].astype(int), scores=rows[:, 3])


def samples(truth=True):
    for name in FOUND:
        sample = ActionDataSample(metainfo=dict(video_name=name))
        if truth:
            sample.gt_instances = instances([(0, 10, 0, 1)])
        sample.pred_instances, sample.rgb_pred_instances = instances(FOUND[name]), instances(RGB[name])
        yield sample


def score(meta=None, truth=True, **options):
    evaluator = Evaluator([METRICS.build(dict(type='AverageRecall', **options))])
    evaluator.dataset_meta = dict(classes=('x', 'y'), **(meta or {}))
    for sample in samples(truth):
        evaluator.process([sample])
    return evaluator.evaluate(2)


def test_keys_and_values_are_those_of_the_function():
    got = score(numbers=(1, 3), tiou_thresholds=(0.5, 0.85))
    truth = SegmentTable(np.array([0, 1]), np.array([[0, 10.0]] * 2), np.array([0, 0]))
    rows = np.array([*FOUND['a'], *FOUND['b']])
    curve = average_recall(
        truth, SegmentTable(np.array([0, 0, 1]), rows[:, :2], rows[:, 2], rows[:, 3]), (0.5, 0.85), 3
    )
    assert list(got) == [f'proposal/{stream}{key}' for stream in ('', 'rgb/') for key in ('AR@1', 'AR@3', 'AUC')]
    assert [got[f'proposal/{key}'] for key in ('AR@1', 'AR@3', 'AUC')] == [curve.at(1), curve.at(3), curve.area]
    assert got['proposal/AR@3'] == 0.5
    assert all(type(value) is float for value in got.values())


def test_the_table_says_what_was_measured(monkeypatch):
    lines = []
    place = 'mmacl.evaluation.metrics.average_recall.print_log'
    monkeypatch.setattr(place, lambda text, logger: lines.append(text))
    score({'dataset_name': 'toys', 'simulated': True})
    assert 'tIoU 0.5 to 0.95, toys, 2 videos with ground truth, 2 instances, simulated data' in lines[0]
    assert '| rgb    |' in lines[0]
    assert score(truth=False) == {}
    assert lines[1] == 'No ground truth, so no average recall: 2 videos'


@pytest.mark.parametrize('numbers', [(), (0, 5)])
def test_wrong_numbers_are_refused(numbers):
    with pytest.raises(InputError, match='each at least 1'):
        AverageRecall(numbers=numbers)


def test_wrong_thresholds_are_refused():
    with pytest.raises(InputError, match='50 is not in'):
        AverageRecall(tiou_thresholds=(50,))
