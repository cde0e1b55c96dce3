from __future__ import annotations

import torch

from mmacl.models.padding import zero_padding


def test_only_padding_is_zeroed():
    x = torch.randn(2, 3, 4)
    mask = torch.tensor([[True, True, True], [True, False, False]])
    result = zero_padding(x, mask)
    assert result.dtype == x.dtype
    assert torch.equal(result[mask], x[mask])
    assert not result[~mask].any()
