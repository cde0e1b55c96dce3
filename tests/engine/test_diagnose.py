from __future__ import annotations

import numpy as np
import pytest
import torch

from mmacl.clustering import KMeansClusterer, VideoPooling, half_share, video_representation
from mmacl.datasets import SyntheticActions
from mmacl.engine.diagnose import diagnose
from mmacl.models import BaseLocalizer
from mmacl.structures import PseudoLabels


@pytest.fixture(scope='module')
def dataset():
    return SyntheticActions(num_videos=8, num_classes=2, feature_dim=4)


class Model(BaseLocalizer):
    """Weigh the snippets of each stream by its features."""

    loss = predict = lambda self, features, mask: None

    def snippet_weights(self, features, mask):
        assert not self.training
        return {name: x.abs().mean(dim=2) for name, x in features.items()}


@pytest.fixture(scope='module')
def model():
    made = Model(dict(rgb=4, flow=4), 2)
    made.weight = torch.nn.Parameter(torch.ones(1))
    return made.train()


def figures(model, dataset, last, pooling=None):
    rows = np.stack([video_representation(dataset.load_features(i)) for i in range(len(dataset))])
    labels = PseudoLabels.from_assignments(dataset.video_names, np.arange(8) % 2, 2)
    found = diagnose(model, dataset, KMeansClusterer(), pooling, labels, labels if last else None, rows, seed=0)
    return {name.removeprefix('diagnostics/'): value for name, value in found.items()}


def test_figures_of_rounds(model, dataset):
    clusters = {'stability', 'silhouette', 'streams'}
    assert set(figures(model, dataset, last=False)) == clusters
    later = figures(model, dataset, last=True)
    assert set(later) == clusters | {'last_round', 'half_share', 'attention'}
    assert later['last_round'] == 1
    assert -1 <= later['attention'] <= 1


def test_weights_of_the_first_round_are_those_of_the_pooling(model, dataset):
    first = figures(model, dataset, last=False, pooling=VideoPooling(dict(type='SalientWeights')))
    weights = VideoPooling(dict(type='SalientWeights')).initial[0]
    shares = [half_share(weights(dataset.load_features(i))) for i in range(8)]
    assert first['half_share'] == pytest.approx(np.mean(shares))
    assert 'attention' not in first  # one weight for both streams


def test_no_generator_and_no_mode_changes(model, dataset):
    before, numbers = torch.get_rng_state(), np.random.get_state()[1].copy()
    figures(model, dataset, last=True)
    assert model.training
    assert torch.equal(before, torch.get_rng_state())
    np.testing.assert_array_equal(numbers, np.random.get_state()[1])
