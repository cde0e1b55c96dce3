"""Extractors of torchvision and timm: the way with small stand-ins, and the real networks where they are installed."""

from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
import torch
from torch import nn

from mmacl.utils import InputError
from mmacl.video import build_extractor, list_extractors

NETWORKS = ('s3d', 'r3d_18', 'mvit_v2_s', 'swin3d_t')


class Network(nn.Module):
    """Mean of each channel, then a classifier, as the real ones end; ``name`` is that of the classifier."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.rand(1))
        self.name = name
        setattr(self, name, nn.Linear(3, 400))
        self.num_features = 3
        facts = {'mean': (0.1, 0.2, 0.3), 'std': (0.5, 0.5, 0.25), 'input_size': (3, 8, 8), 'classifier': name}
        self.pretrained_cfg = facts

    def forward(self, x):
        return getattr(self, self.name)(x.mean(dim=tuple(range(2, x.ndim))) * self.scale)


CLASSIFIERS = {'s3d': 'classifier', 'r3d_18': 'fc', 'mvit_v2_s': 'head', 'swin3d_t': 'head'}


@pytest.fixture
def stand_ins(monkeypatch):
    """Modules in place of torchvision and timm."""
    torchvision, models, timm = ModuleType('torchvision'), ModuleType('torchvision.models'), ModuleType('timm')
    models.get_model = lambda name, weights: Network(CLASSIFIERS[name])
    trained = {'scale': torch.tensor([2.0]), 'fc.weight': torch.ones(400, 3), 'fc.bias': torch.ones(400)}
    default = SimpleNamespace(get_state_dict=lambda progress: trained)
    models.get_model_weights = lambda name: SimpleNamespace(DEFAULT=default)

    def create_model(name, pretrained, num_classes):
        network = Network('head')
        network.head = nn.Identity()
        return network

    timm.create_model, timm.is_model = create_model, lambda name: name == 'tiny'
    timm.list_models = lambda pattern: ['tiny']
    for module in (torchvision, models, timm):
        monkeypatch.setitem(sys.modules, module.__name__, module)


@pytest.mark.parametrize('name', NETWORKS)
def test_colours_are_normalised_as_the_weights_expect(stand_ins, name):
    extractor = build_extractor({'type': name, 'weights': 'random'})
    size = extractor.crop_size
    snippets = np.full((2, extractor.window, size, size + 4, 3), (10, 100, 200), dtype=np.uint8)
    found = extractor.extract(snippets)
    expected = (np.array([10, 100, 200]) / 255 - extractor.mean) / extractor.std * extractor.network.scale.item()
    np.testing.assert_allclose(found, np.stack([expected] * 2), rtol=1e-4)
    assert extractor.settings()['weights'] == 'random'


def test_weights_of_torchvision_and_of_files_are_loaded_without_the_classifier(stand_ins, tmp_path):
    extractor = build_extractor({'type': 'r3d_18', 'weights': 'default'})
    assert extractor.network.scale.item() == 2
    path = tmp_path / 'mine.pt'
    torch.save({'scale': torch.tensor([3.0]), 'fc.weight': torch.ones(5, 3)}, path)
    other = build_extractor({'type': 'r3d_18', 'weights': str(path)})
    assert other.network.scale.item() == 3
    assert extractor.settings()['weights'] != other.settings()['weights']
    with pytest.raises(InputError, match=r"holds 'fc\.weight', which this network does not have"):
        build_extractor({'type': 's3d', 'weights': str(path)})


def test_a_snippet_of_timm_is_the_mean_of_its_frames(stand_ins, tmp_path):
    path = tmp_path / 'mine.pt'
    torch.save({'scale': torch.tensor([2.0]), 'head.bias': torch.ones(5)}, path)
    extractor = build_extractor({'type': 'timm_frames', 'weights': str(path), 'model': 'tiny', 'frames': 2})
    assert (extractor.feature_dim, extractor.crop_size, extractor.short_side) == (3, 8, 9)
    clips = torch.rand(1, 3, 16, 8, 8)
    expected = clips[:, :, [4, 12]].mean(dim=(2, 3, 4)) - torch.tensor([0.1, 0.2, 0.3])
    torch.testing.assert_close(extractor.embed(clips), expected / torch.tensor([0.5, 0.5, 0.25]) * 2)
    assert extractor.settings()['frames'] == 2
    for options, message in (({'model': 'no'}, "no network 'no'; near are tiny"), ({'frames': 17}, 'not between')):
        with pytest.raises(InputError, match=message):
            build_extractor({'type': 'timm_frames', 'weights': 'random', 'model': 'tiny', **options})


@pytest.mark.parametrize('name', ['s3d', 'timm_frames'])
def test_what_is_missing_is_named(monkeypatch, name):
    with pytest.raises(InputError, match='needs weights; give --weights default'):
        build_extractor({'type': name})
    monkeypatch.setitem(sys.modules, 'torchvision', None)
    monkeypatch.setitem(sys.modules, 'timm', None)
    with pytest.raises(InputError, match=r'not installed|does not fit'):
        build_extractor({'type': name, 'weights': 'random'})


def test_the_list_says_what_each_extractor_costs(cli):
    table = list_extractors()
    assert list(table) == sorted(['i3d_rgb', 'i3d_flow', 'motion_histogram', 'timm_frames', *NETWORKS])
    assert table['swin3d_t']['input'] == '3 x 32 x 224 x 224'
    assert table['i3d_flow']['input'] == '2 x 16 x 224 x 224'
    assert table['motion_histogram']['trained at fps'] == 'not trained'
    code, output, _ = cli('misc/list_extractors.py')
    assert code == 0
    assert all(name in output for name in table)
    extractor = build_extractor({'type': 'i3d_rgb', 'weights': 'random'})
    assert_facts_are_right(extractor)


def assert_facts_are_right(extractor):
    millions = sum(parameter.numel() for parameter in extractor.parameters()) / 1e6
    assert millions == pytest.approx(extractor.facts.parameters, abs=0.1)


@pytest.mark.parametrize('name', NETWORKS)
def test_networks_of_torchvision(name):
    try:
        import torchvision  # noqa: F401
    except ImportError:
        pytest.skip('needs torchvision')
    except RuntimeError as error:
        pytest.skip(f'needs a torchvision that fits torch ({error})')
    extractor = build_extractor({'type': name, 'weights': 'random'})
    assert_facts_are_right(extractor)
    size = extractor.crop_size
    snippets = np.random.default_rng(0).integers(0, 255, (1, extractor.window, size, size, 3), dtype=np.uint8)
    assert extractor.extract(snippets).shape == (1, extractor.feature_dim)


def test_a_network_of_timm():
    try:
        import timm  # noqa: F401
    except (ImportError, RuntimeError) as error:
        pytest.skip(f'needs timm ({error})')
    extractor = build_extractor({'type': 'timm_frames', 'weights': 'random', 'model': 'resnet18', 'frames': 2})
    snippets = np.zeros((1, 16, extractor.crop_size, extractor.crop_size, 3), dtype=np.uint8)
    assert extractor.extract(snippets).shape == (1, 512)
