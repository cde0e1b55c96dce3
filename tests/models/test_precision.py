from __future__ import annotations

import pytest
import torch

from mmacl.models.precision import full_precision


@full_precision
def product(x, y, scale=1):
    return x @ y * scale


@pytest.mark.parametrize('dtype', [torch.float16, torch.bfloat16, torch.float32])
def test_narrow_tensors_are_widened_and_autocast_is_off(dtype):
    x = torch.randn(3, 3).to(dtype)
    with torch.autocast('cpu', torch.bfloat16):
        assert (x @ x).dtype == torch.bfloat16
        result = product(x, y=x, scale=2)
        assert (x @ x).dtype == torch.bfloat16
    assert result.dtype == torch.float32
    torch.testing.assert_close(result, x.float() @ x.float() * 2)


def test_float64_stays():
    x = torch.randn(2, 2).double()
    assert product(x, x).dtype == torch.float64
