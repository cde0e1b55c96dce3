"""A norm sees real snippets only: against torch's own layers on one video at a time, or on all real rows."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from mmacl.models.layers import build_snippet_norm, normalize_snippets
from mmacl.registry import MODELS
from mmacl.utils import InputError

LENGTHS = [5, 2, 7, 3]


@pytest.fixture
def make_norm(randomise):
    def make(**config):
        return randomise(build_snippet_norm(config, 6)[1]).double()

    return make


@pytest.mark.parametrize(
    'config',
    [
        dict(type='GN', num_groups=3),
        dict(type='GN', num_groups=1, eps=0.1),
        dict(type='GN', num_groups=2, affine=False),
        dict(type='IN1d'),
        dict(type='IN1d', affine=True),
    ],
    ids=str,
)
def test_group_and_instance_norms_are_those_of_each_video_alone(make_norm, make_batch, config):
    norm = make_norm(**config)
    x, mask = make_batch(LENGTHS, 6, extra=2, padding=30.0)
    found = normalize_snippets(norm, x, mask)
    for row, video, length in zip(found, x, LENGTHS, strict=True):
        torch.testing.assert_close(row[:length], norm(video[None, :length].transpose(1, 2))[0].T)


def test_batch_norm_averages_over_the_real_snippets_of_the_batch(make_norm, make_batch):
    norm = make_norm(type='BN1d', momentum=0.25)
    x, mask = make_batch(LENGTHS, 6, extra=2, padding=30.0)
    found = normalize_snippets(norm, x, mask)
    real = [video[t] for video, length in zip(x, LENGTHS, strict=True) for t in range(length)]
    mean = sum(real) / len(real)
    variance = sum((row - mean) ** 2 for row in real) / len(real)
    expected = (x - mean) / (variance + norm.eps).sqrt() * norm.weight + norm.bias
    torch.testing.assert_close(found[mask], expected[mask])
    torch.testing.assert_close(norm.running_mean, 0.25 * mean)
    torch.testing.assert_close(norm.running_var, 0.75 + 0.25 * variance * len(real) / (len(real) - 1))
    norm.eval()
    expected = (x - norm.running_mean) / (norm.running_var + norm.eps).sqrt() * norm.weight + norm.bias
    torch.testing.assert_close(normalize_snippets(norm, x, mask)[mask], expected[mask])


def test_a_batch_norm_needs_two_snippets_to_train(make_norm, make_batch):
    norm = make_norm(type='BN1d')
    x, mask = make_batch([1], 6, extra=2)
    with pytest.raises(InputError, match="one snippet; train on larger batches, or use type='LN'"):
        normalize_snippets(norm, x, mask)
    assert normalize_snippets(norm.eval(), x, mask).shape == x.shape


def test_layer_norm_is_over_the_channels_of_a_snippet(make_norm, make_batch):
    norm = make_norm(type='LN')
    x, mask = make_batch(LENGTHS, 6, extra=1, padding=30.0)
    torch.testing.assert_close(normalize_snippets(norm, x, mask)[mask], norm(x)[mask])


@pytest.mark.parametrize(
    'config',
    [dict(type='BN1d'), dict(type='SyncBN'), dict(type='LN'), dict(type='GN', num_groups=2), dict(type='IN1d')],
    ids=str,
)
def test_padding_changes_nothing(make_norm, assert_blind_to_padding, config):
    norm = make_norm(**config).eval()
    assert_blind_to_padding(lambda x, mask: normalize_snippets(norm, x, mask), width=6)


def test_a_norm_of_a_plug_in_gets_rows_of_real_snippets(make_batch):
    shapes = []

    class RowNorm(nn.Module):
        def __init__(self, num_features, eps):
            super().__init__()

        def forward(self, x):
            shapes.append(tuple(x.shape))
            return x - x.mean(dim=0)

    MODELS.register_module(module=RowNorm)
    try:
        name, norm = build_snippet_norm(dict(type='RowNorm'), 6)
    finally:
        MODELS._module_dict.pop('RowNorm')
    normalize_snippets(norm, *make_batch(LENGTHS, 6, padding=9.0))
    assert (name, shapes) == ('norm_layer', [(sum(LENGTHS), 6)])


def test_names_and_requires_grad_are_those_of_mmcv():
    name, norm = build_snippet_norm(dict(type='BN1d', requires_grad=False), 6)
    assert name == 'bn'
    assert not any(parameter.requires_grad for parameter in norm.parameters())


def test_gradients_stay_finite_with_one_snippet_and_padding(randomise):
    norm = randomise(build_snippet_norm(dict(type='GN', num_groups=2), 4)[1])
    x = torch.randn(2, 3, 4, requires_grad=True)
    y = normalize_snippets(norm, x, torch.tensor([[True, False, False], [False, False, False]]))
    y.sum().backward()
    assert torch.isfinite(y).all()
    assert torch.isfinite(x.grad).all()


@pytest.mark.parametrize(
    ('config', 'words'),
    [
        (dict(type='BN'), ["'BN'", "use 'BN1d'"]),
        (dict(type='IN'), ["'IN'", "use 'IN1d'"]),
        (dict(type='IN1d', track_running_stats=True), ['track_running_stats', 'BN1d']),
        (dict(type='GN'), ['num_groups is missing']),
        (dict(type='GN', num_groups=4), ['6 channels', 'divisible']),
        (dict(type='LN', epsilon=1), ['epsilon']),
        (dict(type='LayerNrm'), ["norm_cfg.type='LayerNrm'", 'plug-in']),
        (dict(eps=1.0), ['norm_cfg.type=None']),
    ],
    ids=str,
)
def test_what_does_not_fit_is_refused_in_one_line(config, words):
    with pytest.raises(InputError) as caught:
        build_snippet_norm(config, 6)
    assert '\n' not in str(caught.value)
    assert all(word in str(caught.value) for word in words)
