"""A video to draw."""

import numpy as np
import pytest
import torch
from mmengine.structures import InstanceData

from mmacl.structures import ActionDataSample


@pytest.fixture
def make_sample():
    """Build a sample with so many instances and detections; ``without`` names fields that it lacks."""

    def make(num_instances=3, num_detections=6, without=(), duration=60.0, **meta):
        rng = np.random.default_rng(0)
        starts = np.linspace(1, duration - 3, num_instances)
        found = np.linspace(0, duration - 4, num_detections)
        fields = {
            'gt_instances': InstanceData(
                segments=np.stack([starts, starts + 2], axis=1).reshape(-1, 2), labels=np.arange(num_instances) % 2
            ),
            'pred_instances': InstanceData(
                segments=np.stack([found, found + 3], axis=1).reshape(-1, 2),
                labels=np.arange(num_detections) % 3,
                scores=np.linspace(0.9, -0.1, num_detections),
                clusters=np.arange(num_detections) % 3,
            ),
            'class_specific_attention': torch.from_numpy(rng.normal(size=(60, 4))),
            'class_agnostic_attention': torch.full((60,), 1 / 60),
            'video_scores': torch.tensor([0.1, 0.6, 0.2, 0.1]),
        }
        sample = ActionDataSample(
            metainfo={
                'video_name': 'video_7',
                'duration': duration,
                'num_snippets': 60,
                'snippet_duration': duration / 60,
                'offset': 0.0,
                **meta,
            }
        )
        for key, value in fields.items():
            if key not in without:
                setattr(sample, key, value)
        return sample

    return make


@pytest.fixture
def texts():
    """All texts of a figure, each with its axes' number."""

    def find(figure):
        found = [figure.get_suptitle()]
        for axis in figure.axes:
            found += [text.get_text() for text in (*axis.texts, *axis.get_yticklabels())]
        return found

    return find
