"""A model that was never trained, and its checkpoint."""

import numpy as np
import pytest
import torch

from mmacl.apis import init_model
from mmacl.engine.hooks.checkpoint_guard_hook import _describe
from mmacl.structures import ClusterMapping, PseudoLabels


@pytest.fixture
def config_file(folder, write_config):
    """Three clusters of a folder with two streams of 12 dimensions; a snippet a second."""
    return write_config(folder)


@pytest.fixture
def checkpoint(config_file, tmp_path):
    """Clusters 0 and 1 stand for class_2, cluster 2 for class_0 and, at half the score, class_1."""
    torch.manual_seed(3)
    model = init_model(config_file)
    for stream in model.streams.values():
        for parameter in stream.class_specific_head.parameters():
            torch.nn.init.normal_(parameter)  # the videos shall differ
    mapping = ClusterMapping(np.array([[0, 0, 1], [0, 0, 1], [1, 0.5, 0]]), ('class_0', 'class_1', 'class_2'))
    labels = PseudoLabels.from_assignments(('video_000',), np.array([0]), 3)
    path = tmp_path / 'epoch_2.pth'
    torch.save(
        {
            'state_dict': model.state_dict(),
            'model': _describe(model),
            'clustering': {'mapping': mapping.state_dict(), 'labels': labels.state_dict(), 'metrics': {}},
            'meta': {'epoch': 2, 'iter': 6},
        },
        path,
    )
    return path
