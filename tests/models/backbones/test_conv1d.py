from __future__ import annotations

import pytest
import torch

from mmacl.models import Conv1D
from mmacl.utils import InputError


def test_is_a_convolution_and_relu(make_batch):
    backbone = Conv1D(5).double()
    x, mask = make_batch([6])
    expected = torch.nn.functional.conv1d(x.transpose(1, 2), backbone.conv.weight, backbone.conv.bias, padding=1)
    torch.testing.assert_close(backbone(x, mask), expected.relu().transpose(1, 2))
    assert backbone.out_channels == 5


def test_width_is_a_key(make_batch):
    backbone = Conv1D(5, out_channels=7).double()
    assert backbone.out_channels == 7
    assert backbone(*make_batch([2, 1])).shape == (2, 2, 7)


def test_padding_changes_nothing(assert_blind_to_padding):
    assert_blind_to_padding(Conv1D(5).double())


def test_even_kernel_is_refused():
    with pytest.raises(InputError, match='even'):
        Conv1D(5, kernel_size=4)
