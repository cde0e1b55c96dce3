from __future__ import annotations

import torch

from mmacl.models.localizers import PooledVideos


def test_gathered_keeps_every_field_in_one_process():
    flags = torch.tensor([True, False])
    pooled = PooledVideos(*(torch.randn(2, width) for width in (3, 4, 5, 5)), has_background=flags)
    again = pooled.gathered()
    assert all(torch.equal(found, field) for found, field in zip(again, pooled, strict=True))
    assert again.has_background.dtype == torch.bool
