"""Each round is written when it is done, and nothing is kept longer than needed."""

from __future__ import annotations

import json
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from mmengine.structures import InstanceData

from mmacl.engine import RoundRecordHook
from mmacl.engine.hooks import round_record_hook
from mmacl.structures import ActionDataSample, ClusterMapping
from mmacl.structures.attention_curve import load_curves


@pytest.fixture
def runner(tmp_path):
    dataset = SimpleNamespace(
        metainfo={'simulated': True, 'dataset_name': 'toy'}, video_names=('v',), record=lambda index: None
    )
    facts = SimpleNamespace(protocol='activitynet')
    return SimpleNamespace(
        work_dir=str(tmp_path),
        seed=5,
        cfg=SimpleNamespace(filename='some/toy_us.py', pretty_text='x = 1\n'),
        hooks=[],
        model=SimpleNamespace(cluster_mapping=ClusterMapping(np.eye(2), ('run', 'jump')), num_clusters=2),
        train_loop=SimpleNamespace(round=2, num_rounds=3),
        train_dataloader=SimpleNamespace(dataset=dataset),
        val_dataloader=SimpleNamespace(dataset=dataset),
        val_loop=SimpleNamespace(evaluator=SimpleNamespace(metrics=[SimpleNamespace(facts=facts)])),
    )


def predicted(name: str) -> ActionDataSample:
    sample = ActionDataSample(metainfo=dict(video_name=name, snippet_duration=0.5, offset=0.25, duration=2.0))
    sample.class_specific_attention = torch.tensor([[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]])
    sample.class_agnostic_attention = torch.tensor([0.5, 0.25, 0.25])
    sample.video_scores = torch.tensor([0.25, 0.75])
    sample.pred_instances = InstanceData(
        segments=np.array([[0.5, 1.0]]), labels=np.array([1]), scores=np.array([0.5]), clusters=np.array([1])
    )
    return sample


def test_a_round_is_written_with_detections_and_curves(runner, tmp_path):
    hook = RoundRecordHook()
    hook.before_val_epoch(runner)
    hook.after_val_iter(runner, 0, outputs=[predicted('b'), predicted('a')])
    hook.after_train_round(runner, 2, {})
    found = json.loads((tmp_path / 'records/round_2/detections.json').read_text())
    assert list(found['results']) == ['a', 'b']
    assert found['results']['a'] == [{'label': 'jump', 'score': 0.5, 'segment': [0.5, 1.0], 'cluster': 1}]
    assert found['external_data']['simulated'] is True
    curve = load_curves(tmp_path / 'records/round_2/attention.npz')['a']
    assert curve.class_specific.tolist() == [1.0, 3.0, 5.0]
    assert curve.class_agnostic.tolist() == [0.5, 0.25, 0.25]
    assert (curve.cluster, curve.video_score, curve.offset) == (1, 0.75, 0.25)
    info = json.loads((tmp_path / 'records/run.json').read_text())
    assert (info['config'], info['seed'], info['rounds'], info['simulated']) == ('toy_us', 5, 3, True)
    assert not (tmp_path / 'records/ground_truth.json').exists()


def test_a_validation_does_not_show_in_the_next_round(runner, tmp_path):
    hook = RoundRecordHook()
    hook.before_val_epoch(runner)
    hook.after_val_iter(runner, 0, outputs=[predicted('a')])
    hook.before_val_epoch(runner)
    hook.after_val_iter(runner, 0, outputs=[predicted('b')])
    hook.after_train_round(runner, 1, {})
    assert list(load_curves(tmp_path / 'records/round_1/attention.npz')) == ['b']


def test_representations_are_written_once_and_let_go(runner, tmp_path):
    hook = RoundRecordHook()
    hook.after_clustering(runner, np.arange(6.0).reshape(2, 3))
    assert not (tmp_path / 'records').exists(), 'those of an earlier run may still be there'
    hook.before_train_epoch(runner)
    path = tmp_path / 'records/round_2/representations.npy'
    np.testing.assert_array_equal(np.load(path, allow_pickle=False), np.arange(6, dtype=np.float32).reshape(2, 3))
    path.unlink()
    hook.before_train_epoch(runner)
    assert not path.exists()


def test_without_validation_the_run_is_recorded_all_the_same(runner, tmp_path):
    runner.val_loop = None
    RoundRecordHook().after_train_round(runner, 1, {})
    assert json.loads((tmp_path / 'records/run.json').read_text())['protocol'] == ''
    assert [path.name for path in (tmp_path / 'records/round_1').iterdir()] == ['config.py']
    assert (tmp_path / 'records/round_1/config.py').read_text() == 'x = 1\n'


def test_of_very_many_segments_the_best_of_each_video_are_recorded(runner, tmp_path, monkeypatch):
    monkeypatch.setattr(round_record_hook, '_SEGMENTS', 1)
    monkeypatch.setattr(round_record_hook, '_FEWEST', 1)
    hook, sample = RoundRecordHook(), predicted('a')
    sample.pred_instances = InstanceData(
        segments=np.array([[0.5, 1.0], [0.0, 0.5]]),
        labels=np.array([1, 0]),
        scores=np.array([0.5, 0.25]),
        clusters=np.array([1, 0]),
    )
    hook.before_val_epoch(runner)
    hook.after_val_iter(runner, 0, outputs=[sample])
    hook.after_train_round(runner, 2, {})
    found = json.loads((tmp_path / 'records/round_2/detections.json').read_text())
    assert [row['score'] for row in found['results']['a']] == [0.5]
    assert found['external_data']['best_of_each'] == 1
