from __future__ import annotations

import math

import pytest
import torch

from mmacl.models.layers import smooth_over_time


@pytest.mark.parametrize('sigma', [0.4, 1.0, 5.0])
def test_equals_a_normalised_gaussian_written_as_loops(make_batch, sigma):
    lengths = (7, 1, 3)
    x, mask = make_batch(lengths, 2, extra=2, padding=50.0)
    found = smooth_over_time(x[..., 0], mask, sigma)
    torch.testing.assert_close(smooth_over_time(x, mask, sigma)[..., 0], found)
    for i, length in enumerate(lengths):
        video = x[i, :length, 0].tolist()
        for t in range(length):
            near = [s for s in range(length) if abs(s - t) <= math.ceil(3 * sigma)]
            weights = [math.exp(-((s - t) ** 2) / (2 * sigma**2)) for s in near]
            expected = sum(w * video[s] for w, s in zip(weights, near, strict=True)) / sum(weights)
            assert found[i, t].item() == pytest.approx(expected, abs=1e-12)
    assert not found[~mask].any()


def test_without_a_width_nothing_changes(make_batch):
    x, mask = make_batch((4, 2), 1, padding=50.0)
    assert torch.equal(smooth_over_time(x[..., 0], mask, 0.0), x[..., 0].masked_fill(~mask, 0))
