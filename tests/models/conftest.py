"""Small batches and small networks."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import nn

from mmacl.registry import MODELS
from mmacl.structures import ActionDataSample

STREAM = {
    'type': 'CoAttentionStream',
    'input_dropout': 0.0,
    'backbone': {'type': 'FAB', 'branch_channels': 4},
    'class_specific_head': {'type': 'ClassSpecificHead', 'hidden_channels': 6},
    'class_agnostic_head': {'type': 'ClassAgnosticHead', 'hidden_channels': 6},
    'losses': {
        'classification': {'type': 'VideoClassificationLoss'},
        'triplet': {'type': 'ClusterTripletLoss'},
        'separation': {'type': 'ActionBackgroundSeparationLoss'},
    },
}


@pytest.fixture(autouse=True)
def _seeded():
    torch.manual_seed(0)


@pytest.fixture
def stream_config():
    """The config of a small stream, free to change."""
    return copy.deepcopy(STREAM)


@pytest.fixture
def randomise():
    """Give every parameter a random value, zero-initialised ones too, so that no path is dead."""

    def apply(module: nn.Module) -> nn.Module:
        generator = torch.Generator().manual_seed(7)
        for parameter in module.parameters():
            parameter.data = 0.4 * torch.randn(parameter.shape, generator=generator, dtype=parameter.dtype)
        return module

    return apply


@pytest.fixture
def make_batch():
    """Padded float64 features and mask; ``padding`` fills what is not real."""

    def make(lengths, width=5, extra=0, padding=0.0, seed=0):
        generator = torch.Generator().manual_seed(seed)
        videos = [torch.rand(length, width, generator=generator, dtype=torch.float64) for length in lengths]
        x = torch.full((len(lengths), max(lengths) + extra, width), padding, dtype=torch.float64)
        for row, video in zip(x, videos, strict=True):
            row[: len(video)] = video
        return x, torch.arange(x.shape[1]) < torch.tensor(lengths)[:, None]

    return make


@pytest.fixture
def assert_blind_to_padding(make_batch):
    """Check that a function of (x, mask) gives each video in a padded batch what it gives it alone."""

    def check(function, width=5, lengths=(7, 1, 4, 2), per_snippet=True):
        clean, mask = make_batch(lengths, width)
        alone = [function(clean[i : i + 1, :n], mask[i : i + 1, :n]) for i, n in enumerate(lengths)]
        for padding in (0.0, 100.0):
            x, mask = make_batch(lengths, width, extra=3, padding=padding)
            together = function(x, mask)
            for i, n in enumerate(lengths):
                row = together[i : i + 1, :n] if per_snippet else together[i : i + 1]
                torch.testing.assert_close(row, alone[i], rtol=1e-12, atol=1e-12)

    return check


@pytest.fixture
def make_samples():
    """Samples with labels: ``labels`` is a cluster or several of them for each video."""

    def make(labels, num_clusters=3, drawn=None, names=None):
        samples = []
        for i, label in enumerate(labels):
            sample = ActionDataSample(
                metainfo={'video_name': names[i] if names else f'video_{i}', 'snippet_duration': 0.5}
            )
            clusters = [label] if isinstance(label, int) else list(label)
            sample.pseudo_label = torch.zeros(num_clusters).index_fill_(0, torch.tensor(clusters), 1)
            sample.drawn_cluster = drawn[i] if drawn else clusters[0]
            samples.append(sample)
        return samples

    return make


@pytest.fixture
def make_localizer(stream_config, randomise):
    """A small float64 localizer in which every parameter matters."""

    def make(in_channels=None, num_clusters=3, random=True, **kwargs):
        stream = {**stream_config, **kwargs.pop('stream', {})}
        model = MODELS.build(
            {
                'type': 'TwoStreamLocalizer',
                'in_channels': in_channels or {'rgb': 5, 'flow': 4},
                'num_clusters': num_clusters,
                'stream': stream,
                **kwargs,
            }
        )
        return (randomise(model) if random else model).double()

    return make


@pytest.fixture
def make_inputs(make_batch):
    """Features of both modalities, and their mask."""

    def make(lengths=(6, 1, 3, 9, 2, 5), extra=0, padding=0.0):
        rgb, mask = make_batch(lengths, 5, extra, padding, seed=1)
        flow, _ = make_batch(lengths, 4, extra, padding, seed=2)
        return {'rgb': rgb, 'flow': flow}, mask

    return make
