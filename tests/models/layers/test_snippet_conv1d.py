from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from mmacl.models import SnippetConv1d
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
