from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from mmacl.engine import ClusteringHook, InstanceCountsHook
from mmacl.structures import ActionDataSample
from mmacl.utils import InputError

COUNTS = np.array([[2, 0], [0, 3]])


def runner_with(clusterer: str, counts: np.ndarray | None = COUNTS) -> SimpleNamespace:
    dataset = SimpleNamespace(video_names=('a', 'b'), action_counts=lambda: counts)
    return SimpleNamespace(
        hooks=[ClusteringHook(dict(type=clusterer))],
        train_dataloader=SimpleNamespace(dataset=dataset),
        cfg=SimpleNamespace(filename='c.py'),
    )


def test_each_video_gets_its_counts():
    hook, runner = InstanceCountsHook(), runner_with('AnnotatedLabels')
    hook.before_train(runner)
    samples = [ActionDataSample(metainfo=dict(video_name=name)) for name in ('b', 'a')]
    hook.before_train_iter(runner, 0, {'data_samples': samples})
    assert [sample.instance_counts.tolist() for sample in samples] == [[0, 3], [2, 0]]


def test_without_labels_they_are_refused_and_never_read():
    runner = runner_with('SpectralClusterer')
    runner.train_dataloader.dataset.action_counts = lambda: pytest.fail('annotations were read')
    with pytest.raises(InputError, match='numbers of instances are labels, but SpectralClusterer trains without') as e:
        InstanceCountsHook().before_train(runner)
    assert '\n' not in str(e.value)


def test_videos_without_annotations_are_refused():
    with pytest.raises(InputError, match='numbers of instances need annotations'):
        InstanceCountsHook().before_train(runner_with('AnnotatedLabels', None))
