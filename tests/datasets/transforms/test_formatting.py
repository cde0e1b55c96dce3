import numpy as np
import torch
from mmengine.structures import InstanceData

from mmacl.datasets import PackActionInputs
from mmacl.structures import ActionDataSample, SnippetTiming


def results(**others):
    features = np.arange(6, dtype=np.float16).reshape(3, 2)
    features.flags.writeable = False
    return (
        dict(
            video_name='v',
            num_snippets=3,
            timing=SnippetTiming(0.64, 1.28, 9.0),
            drawn_cluster=None,
            features=dict(rgb=features, flow=np.ones((3, 1), np.float32)),
        )
        | others
    )


def test_packs_tensors_and_what_is_known():
    packed = PackActionInputs()(results())
    assert list(packed) == ['inputs', 'data_samples']
    assert list(packed['inputs']) == ['rgb', 'flow']
    assert packed['inputs']['rgb'].dtype == torch.float16
    assert packed['inputs']['rgb'].tolist() == [[0, 1], [2, 3], [4, 5]]
    sample = packed['data_samples']
    assert isinstance(sample, ActionDataSample)
    assert {key: sample.get(key) for key in sample.metainfo_keys()} == dict(
        video_name='v', duration=9.0, num_snippets=3, snippet_duration=0.64, offset=1.28
    )
    assert list(sample.keys()) == []


def test_packs_the_drawn_cluster_even_if_it_is_the_first():
    assert PackActionInputs()(results(drawn_cluster=0))['data_samples'].drawn_cluster == 0


def test_packs_ground_truth_where_it_was_loaded():
    truth = InstanceData(segments=np.array([[1.0, 2.0]]), labels=np.array([1]))
    sample = PackActionInputs()(results(gt_instances=truth, gt_video_label=np.float32([0, 1])))['data_samples']
    assert sample.gt_instances is truth
    assert 'gt_ambiguous' not in sample
    unclear = InstanceData(segments=np.array([[1.0, 2.0]]))
    assert PackActionInputs()(results(gt_ambiguous=unclear))['data_samples'].gt_ambiguous is unclear
    assert sample.gt_video_label.tolist() == [0, 1]


def test_a_tensor_shares_nothing_with_the_features():
    given = results(features=dict(rgb=np.zeros((1000, 2), np.float32)[:3]))
    tensor = PackActionInputs()(given)['inputs']['rgb']
    assert tensor.untyped_storage().nbytes() == 24
    tensor += 1
    assert given['features']['rgb'].sum() == 0
