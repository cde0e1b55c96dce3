"""Mixed precision on a CPU."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from mmacl.engine import AutocastOptimWrapper
from mmacl.utils import InputError


def test_forward_runs_in_bfloat16_and_weights_stay_float32():
    model = nn.Linear(4, 2)
    wrapper = AutocastOptimWrapper(optimizer=torch.optim.SGD(model.parameters(), lr=0.1))
    before = model.weight.clone()
    with wrapper.optim_context(model):
        output = model(torch.rand(3, 4))
    assert output.dtype == torch.bfloat16
    wrapper.update_params(output.float().sum())
    assert model.weight.dtype == torch.float32
    assert not torch.equal(model.weight, before)
    assert model(torch.rand(3, 4)).dtype == torch.float32


def test_other_precisions_are_refused():
    with pytest.raises(InputError, match="dtype='float16'"):
        AutocastOptimWrapper(dtype='float16', optimizer=torch.optim.SGD([torch.zeros(1)], lr=1.0))
