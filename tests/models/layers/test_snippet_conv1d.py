from __future__ import annotations

import pytest
import torch
from mmcv.cnn import ConvModule
from mmengine.registry import DefaultScope
from torch import nn
from torch.nn import functional

from mmacl.models import SnippetConv1d, build_snippet_conv
from mmacl.models.layers import zero_padding
from mmacl.registry import MODELS
from mmacl.utils import InputError


@pytest.mark.parametrize(('kernel', 'dilation'), [(1, 1), (3, 1), (3, 3), (5, 2)])
@pytest.mark.parametrize('length', [1, 2, 7])
def test_equals_torch_on_channels_first(kernel, dilation, length):
    conv = SnippetConv1d(4, 6, kernel, dilation).double()
    x = torch.randn(3, length, 4).double().requires_grad_()
    y = x.detach().clone().requires_grad_()
    expected = functional.conv1d(
        y.transpose(1, 2), conv.weight, conv.bias, padding=dilation * (kernel // 2), dilation=dilation
    ).transpose(1, 2)
    found = conv(x)
    torch.testing.assert_close(found, expected)
    weight = torch.randn_like(expected)
    (found * weight).sum().backward()
    (expected * weight).sum().backward()
    torch.testing.assert_close(x.grad, y.grad)


def test_float32_layout_gives_the_same_numbers_and_is_contiguous():
    conv = SnippetConv1d(8, 16, 3, 2)
    x = torch.randn(2, 11, 8)
    found = conv(x)
    assert found.is_contiguous()
    torch.testing.assert_close(found.double(), conv.double()(x.double()), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(('kernel', 'dilation'), [(1, 1), (3, 1), (3, 4)])
def test_padding_changes_nothing(assert_blind_to_padding, kernel, dilation):
    assert_blind_to_padding(SnippetConv1d(5, 3, kernel, dilation).double())


def test_without_a_mask_padding_would_leak(make_batch):
    conv = SnippetConv1d(5, 3).double()
    x, mask = make_batch([4, 2], padding=100.0)
    assert not torch.allclose(conv(x)[1, :2], conv(x, mask)[1, :2])


def test_parameters_start_as_those_of_torch():
    torch.manual_seed(3)
    ours = SnippetConv1d(4, 6, 3, 2).state_dict()
    torch.manual_seed(3)
    theirs = torch.nn.Conv1d(4, 6, 3).state_dict()
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)


@pytest.mark.parametrize('args', [(4, 6, 2), (4, 0, 3), (0, 4, 3), (4, 4, 3, 0)])
def test_bad_shapes_are_refused(args):
    with pytest.raises(InputError):
        SnippetConv1d(*args)


def test_only_padding_is_zeroed():
    x = torch.randn(2, 3, 4)
    mask = torch.tensor([[True, True, True], [True, False, False]])
    result = zero_padding(x, mask)
    assert result.dtype == x.dtype
    assert torch.equal(result[mask], x[mask])
    assert not result[~mask].any()


class ShiftedConv1d(nn.Conv1d):
    """A registered convolution of somebody else."""

    def forward(self, x):
        return super().forward(x) + 1


@pytest.fixture
def shifted():
    MODELS.register_module(module=ShiftedConv1d)
    with DefaultScope.overwrite_default_scope('mmacl'):
        yield
    MODELS._module_dict.pop('ShiftedConv1d')


CONFIGS = {
    'plain': {},
    'Conv1d': dict(conv_cfg=dict(type='Conv1d'), act_cfg=dict(type='ReLU')),
    'groups': dict(conv_cfg=dict(type='Conv1d', groups=2), norm_cfg=dict(type='LN'), act_cfg=dict(type='GELU')),
    'no bias': dict(conv_cfg=dict(type='Conv1d', bias=False)),
    'bias before a norm': dict(conv_cfg=dict(bias=True), norm_cfg=dict(type='GN', num_groups=2)),
    'batch norm': dict(norm_cfg=dict(type='BN1d'), act_cfg=dict(type='PReLU', num_parameters=6)),
    'group norm': dict(norm_cfg=dict(type='GN', num_groups=3), act_cfg=dict(type='LeakyReLU', negative_slope=0.3)),
    'another convolution': dict(conv_cfg=dict(type='ShiftedConv1d'), norm_cfg=dict(type='IN1d', affine=True)),
}


@pytest.mark.parametrize('layers', CONFIGS.values(), ids=CONFIGS)
@pytest.mark.parametrize(('kernel', 'dilation'), [(1, 1), (3, 2)])
def test_without_padding_it_is_the_conv_module_of_mmcv(shifted, randomise, layers, kernel, dilation):
    conv = randomise(build_snippet_conv(4, 6, kernel, dilation, **layers)).double()
    conv_cfg = dict(type='Conv1d') | layers.get('conv_cfg', {})
    outside = {key: conv_cfg.pop(key) for key in ('groups', 'bias') if key in conv_cfg}
    others = dict(norm_cfg=None, act_cfg=None) | layers | dict(conv_cfg=conv_cfg) | outside
    if others['norm_cfg'] == dict(type='LN'):
        others['norm_cfg'] = dict(type='GN', num_groups=1)  # for one snippet the same, but in the layout of ConvModule
    reference = ConvModule(4, 6, kernel, padding=dilation * (kernel // 2), dilation=dilation, **others).double()
    state = {name if name.count('.') else f'conv.{name}': value for name, value in conv.state_dict().items()}
    reference.load_state_dict({name.replace('ln.', 'gn.'): value for name, value in state.items()})
    length = 1 if 'LN' in str(layers) else 7
    x = torch.randn(3, length, 4).double()
    torch.testing.assert_close(conv(x), reference(x.transpose(1, 2)).transpose(1, 2))


@pytest.mark.parametrize('layers', CONFIGS.values(), ids=CONFIGS)
def test_padding_changes_no_layer(shifted, assert_blind_to_padding, randomise, layers):
    assert_blind_to_padding(randomise(build_snippet_conv(4, 6, 3, 2, **layers)).double().eval(), width=4)


def test_parameters_have_the_names_of_a_bare_convolution_until_a_norm_comes():
    assert list(build_snippet_conv(4, 6, act_cfg=dict(type='ReLU')).state_dict()) == ['weight', 'bias']
    named = build_snippet_conv(4, 6, norm_cfg=dict(type='LN'), act_cfg=dict(type='PReLU'))
    assert list(named.state_dict()) == ['weight', 'ln.weight', 'ln.bias', 'activate.weight']


def test_zeroed_input_is_not_zeroed_again(make_batch):
    conv = SnippetConv1d(5, 3, norm_cfg=dict(type='GN', num_groups=1)).double()
    x, mask = make_batch([4, 2], padding=100.0)
    found = conv(zero_padding(x, mask), mask, zeroed=True)
    torch.testing.assert_close(found[mask], conv(x, mask)[mask])
    assert not torch.allclose(conv(x, mask, zeroed=True)[mask], found[mask])


class HalvingConv1d(nn.Module):
    def __init__(self, *args, **kwargs):
        super().__init__()

    def forward(self, x):
        return x[..., ::2]


@pytest.mark.parametrize(
    ('layers', 'words'),
    [
        (dict(conv_cfg=dict(type='Conv1d', padding_mode='circular')), ["'padding_mode'", 'groups']),
        (dict(conv_cfg=dict(type='Conv1d', groups=3)), ['conv_cfg', 'divisible']),
        (dict(conv_cfg=dict(type='Conv2d')), ["'Conv2d'", "use 'Conv1d'"]),
        (dict(conv_cfg=dict(type=ShiftedConv1d, padding_mode='reflect')), ["padding_mode='reflect'"]),
        (dict(conv_cfg=dict(type=ShiftedConv1d, stride=2)), ['stride=(2,)']),
        (dict(conv_cfg=dict(type=ShiftedConv1d, width=2)), ['width']),
        (dict(conv_cfg=dict(type='Konv1d')), ["conv_cfg.type='Konv1d'", 'plug-in']),
        (dict(conv_cfg=dict(type='no.such.Layer')), ["conv_cfg.type='no.such.Layer'"]),
        (dict(act_cfg=dict(type='ReLU', slope=2)), ['act_cfg', 'slope']),
        (dict(norm_cfg=dict(type='BN')), ["use 'BN1d'"]),
    ],
    ids=str,
)
def test_layers_that_do_not_fit_are_refused_in_one_line(layers, words):
    with pytest.raises(InputError) as caught:
        build_snippet_conv(4, 8, **layers)
    assert '\n' not in str(caught.value)
    assert all(word in str(caught.value) for word in words)


def test_a_layer_that_changes_the_length_is_refused():
    conv = build_snippet_conv(4, 4, conv_cfg=dict(type=HalvingConv1d))
    with pytest.raises(InputError, match='makes 3 of 6 snippets'):
        conv(torch.randn(1, 6, 4))
