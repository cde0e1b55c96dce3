"""Outputs of a test."""

from __future__ import annotations

import json
from types import SimpleNamespace

import numpy as np
import torch
from mmengine.structures import InstanceData
from torch import nn

from mmacl.engine import DumpAttentionHook, DumpDetectionsHook, TimelineHook
from mmacl.structures import ActionDataSample, ClusterMapping


def test_writes_every_video_with_names_and_seconds(tmp_path):
    model = nn.Linear(1, 1)
    model.num_clusters, model.cluster_mapping = 3, ClusterMapping(np.eye(3), ('run', 'jump', 'swim'))
    found = ActionDataSample(metainfo=dict(video_name='b'))
    found.pred_instances = InstanceData(
        segments=np.array([[0.5, 2.25]]), labels=np.array([1]), scores=np.array([0.75]), clusters=np.array([2])
    )
    nothing = ActionDataSample(metainfo=dict(video_name='a'))
    nothing.pred_instances = InstanceData(
        segments=np.zeros((0, 2)), labels=np.zeros(0, int), scores=np.zeros(0), clusters=np.zeros(0, int)
    )
    lines: list[str] = []
    runner = SimpleNamespace(
        hooks=[],
        model=model,
        logger=SimpleNamespace(info=lines.append),
        test_dataloader=SimpleNamespace(dataset=SimpleNamespace(metainfo={'dataset_name': 'D', 'simulated': True})),
    )
    path = tmp_path / 'deep' / 'r.json'
    hook = DumpDetectionsHook(str(path))
    hook.before_test_epoch(runner)
    hook.after_test_iter(runner, 0, outputs=[found])
    hook.after_test_iter(runner, 1, outputs=[nothing])
    assert not path.exists()
    hook.after_test_epoch(runner)
    written = json.loads(path.read_text())
    (detection,) = written['results']['b']
    assert {**detection} == {'label': 'jump', 'score': 0.75, 'segment': [0.5, 2.25], 'cluster': 2}
    assert written['results']['a'] == []
    assert written['external_data']['simulated'] is True
    assert '1 segments of 2 videos' in lines[0]


def test_writes_attention_scores_and_timing(tmp_path):
    sample = ActionDataSample(metainfo=dict(video_name='v', snippet_duration=0.64, offset=1.5))
    sample.class_specific_attention = torch.rand(4, 2)
    sample.class_agnostic_attention = torch.rand(4)
    sample.video_scores = torch.rand(2)
    DumpAttentionHook(str(tmp_path / 'new')).after_test_iter(None, 0, outputs=[sample])
    with np.load(tmp_path / 'new' / 'v.npz', allow_pickle=False) as found:
        for name in ('class_specific_attention', 'class_agnostic_attention', 'video_scores'):
            np.testing.assert_array_equal(found[name], sample.get(name).numpy())
        assert found['snippet_duration'] == 0.64
        assert found['offset'] == 1.5


def test_leaves_out_attention_that_the_method_lacks(tmp_path):
    sample = ActionDataSample(metainfo=dict(video_name='v', snippet_duration=0.64, offset=1.5))
    sample.class_specific_attention, sample.video_scores = torch.rand(4, 2), torch.rand(2)
    DumpAttentionHook(str(tmp_path)).after_test_iter(None, 0, outputs=[sample])
    with np.load(tmp_path / 'v.npz', allow_pickle=False) as found:
        assert set(found) == {'class_specific_attention', 'video_scores', 'snippet_duration', 'offset'}


def test_hands_each_video_to_the_visualizer(tmp_path):
    drawn = []
    visualizer = SimpleNamespace(add_datasample=lambda *args, out_file: drawn.append((args, out_file)))
    samples = [ActionDataSample(metainfo=dict(video_name=name)) for name in ('a', 'b')]
    runner = SimpleNamespace(visualizer=visualizer)
    TimelineHook(str(tmp_path)).after_test_iter(runner, 0, outputs=samples)
    assert [out for _, out in drawn] == [str(tmp_path / 'a.png'), str(tmp_path / 'b.png')]
    assert [args[2] for args, _ in drawn] == samples
