"""What metrics keep of samples."""

from __future__ import annotations

import numpy as np
import pytest

from mmacl.evaluation.metrics.collected_segments import FUSED, each_video_once, ground_truth_of, segments_of, stacked
from mmacl.utils import InputError


def sample(name, start, **streams):
    def arrays(label):
        return dict(segments=np.array([[start, start + 1.0]]), labels=np.array([label]), scores=np.array([0.5]))

    predictions = {f'{stream}_pred_instances': arrays(label) for stream, label in streams.items()}
    truth = dict(segments=np.array([[start, start + 2.0]]), labels=np.array([1]))
    return dict(video_name=name, gt_instances=truth, pred_instances=arrays(0), **predictions)


def test_the_fused_stream_is_first_and_videos_without_a_stream_have_no_rows_in_it():
    kept = each_video_once([segments_of(sample('b', 5, rgb=2)), segments_of(sample('a', 7))])
    truth = ground_truth_of(kept)
    assert truth.video_names == ('a', 'b')
    assert truth.instances.segments.tolist() == [[7, 9], [5, 7]]
    streams = stacked(kept, truth.video_names)
    assert list(streams) == [FUSED, 'rgb']
    assert streams['rgb'].videos.tolist() == [1]
    assert streams['rgb'].labels.tolist() == [2]
    assert stacked(kept, ['b'])['rgb'].videos.tolist() == [0]


def test_the_first_of_a_repeated_video_counts():
    kept = each_video_once([segments_of(sample('a', 5)), segments_of(sample('a', 7))])
    assert ground_truth_of(kept).instances.segments.tolist() == [[5, 7]]


def test_instances_outside_the_video_are_dropped():
    inside = sample('a', 5)
    inside['gt_instances'] |= dict(segments=[[5, 9], [9, 9], [3, 3]], labels=[0, 1, 2], clipped=[True, True, False])
    truth = ground_truth_of([segments_of(inside)])
    assert truth.instances.labels.tolist() == [0, 2]
    assert str(truth.clipping) == '1 clipped to the video, 1 outside the video dropped'


def test_without_ground_truth_and_without_predictions():
    bare = sample('a', 1)
    del bare['gt_instances']
    assert len(ground_truth_of([segments_of(bare)]).instances) == 0
    with pytest.raises(InputError, match="video 'a': has no pred_instances"):
        segments_of({'video_name': 'a'})
