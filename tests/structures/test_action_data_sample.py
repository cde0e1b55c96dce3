"""A sample as mmengine passes it on."""

from __future__ import annotations

import numpy as np
import pytest
from mmengine.structures import InstanceData

from mmacl.structures import ActionDataSample


@pytest.fixture
def sample():
    """One instance, and meta information."""
    video = ActionDataSample(metainfo=dict(video_name='v', duration=None, num_snippets=3))
    video.gt_instances = InstanceData(segments=np.array([[0.0, 1.0]]), labels=np.array([4]))
    return video


def test_meta_information_and_fields_are_apart(sample):
    assert set(sample.metainfo_keys()) == {'video_name', 'duration', 'num_snippets'}
    assert set(sample.keys()) == {'gt_instances'}
    assert sample.video_name == 'v'


def test_a_metric_sees_plain_dicts_of_arrays(sample):
    as_dict = sample.to_dict()
    assert as_dict['video_name'] == 'v'
    assert type(as_dict['gt_instances']) is dict
    np.testing.assert_array_equal(as_dict['gt_instances']['segments'], [[0.0, 1.0]])


def test_arrays_stay_arrays_when_a_sample_moves(sample):
    moved = sample.to('cpu')
    assert isinstance(moved.gt_instances.segments, np.ndarray)
    assert moved.gt_instances.segments.dtype == np.float64
