"""A backbone must be blind to padding, and learn."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from mmengine.registry import DefaultScope

from mmacl.apis import load_config
from mmacl.registry import MODELS
from mmacl.structures import ActionDataSample
from mmacl.utils import InputError

CONFIG = Path(__file__).resolve().parents[1] / 'configs/acl_synthetic_us_tcn.py'


@pytest.fixture(scope='module')
def config():
    return load_config(CONFIG)


def build(config):
    torch.manual_seed(0)
    with DefaultScope.overwrite_default_scope('mmacl'):
        model = MODELS.build(config.model)
        model.init_weights()
    return model


@pytest.fixture(scope='module')
def backbone(config):
    return MODELS.build(dict(config.model.stream.backbone, in_channels=6)).double()


def test_config_names_the_backbone(config):
    streams = build(config).streams
    assert {type(streams[name].backbone).__name__ for name in config.model.in_channels} == {'TemporalConvNet'}


def test_length_is_kept_and_width_is_stated(backbone):
    mask = torch.ones(2, 9, dtype=torch.bool)
    assert backbone(torch.randn(2, 9, 6).double(), mask).shape == (2, 9, backbone.out_channels)


def test_padding_changes_nothing(backbone):
    video = torch.randn(1, 5, 6).double()
    alone = backbone(video, torch.ones(1, 5, dtype=torch.bool))
    padded = torch.cat([video, torch.full((1, 8, 6), 7.0).double()], dim=1)
    mask = torch.arange(13)[None] < 5
    beside = backbone(padded, mask)
    torch.testing.assert_close(beside[:, :5], alone)


def test_norm_and_activation_are_those_of_the_config(config, backbone):
    for layer in backbone.layers:
        assert isinstance(layer.look_around.ln, torch.nn.LayerNorm)
        assert isinstance(layer.look_around.activate, torch.nn.GELU)
    for layer in MODELS.build(dict(type='TemporalConvNet', in_channels=6)).layers:
        assert layer.look_around.norm_name is None
        assert isinstance(layer.look_around.activate, torch.nn.ReLU)


def test_sees_as_far_as_its_dilations(config):
    """Dilations 1, 2, 4 with kernel 3 reach 7 snippets, and no further."""
    backbone = MODELS.build(dict(config.model.stream.backbone, in_channels=1)).double()
    x = torch.zeros(1, 31, 1).double().requires_grad_()
    backbone(x, torch.ones(1, 31, dtype=torch.bool))[0, 15].sum().backward()
    assert torch.nonzero(x.grad[0, :, 0])[:, 0].tolist() == list(range(8, 23))


def test_even_kernel_is_refused(config):  # loading it imports the plug-in
    with pytest.raises(InputError, match=r'kernel_size=4 is even, .*; use an odd one'):
        MODELS.build(dict(type='TemporalConvNet', in_channels=6, kernel_size=4))


def test_a_step_of_training_changes_it(config):
    model = build(config).train()
    widths, num_clusters = config.model.in_channels, config.model.num_clusters
    lengths = (7, 12, 3, 9)
    inputs = {name: [torch.rand(length, width) for length in lengths] for name, width in widths.items()}
    samples = []
    for index, length in enumerate(lengths):
        sample = ActionDataSample(metainfo=dict(video_name=f'video_{index}', num_snippets=length))
        sample.drawn_cluster = index % 2
        sample.pseudo_label = torch.eye(num_clusters)[index % 2]
        samples.append(sample)
    optimiser = torch.optim.SGD(model.parameters(), lr=0.1)
    before = {name: value.clone() for name, value in model.named_parameters()}

    losses = model(**model.data_preprocessor(dict(inputs=inputs, data_samples=samples), training=True), mode='loss')
    total = sum(losses.values())
    total.backward()
    optimiser.step()

    assert torch.isfinite(total)
    of_backbone = [name for name in before if '.backbone.' in name]
    assert of_backbone
    assert all((dict(model.named_parameters())[name] != before[name]).any() for name in of_backbone)
