"""Detections are written whole, in ActivityNet's form."""

from __future__ import annotations

import json
from types import SimpleNamespace

import numpy as np
from mmengine.structures import InstanceData
from torch import nn

from mmacl.engine import DumpDetectionsHook
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
