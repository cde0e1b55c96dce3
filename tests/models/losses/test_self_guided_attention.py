from __future__ import annotations

import pytest
import torch

from mmacl.models.layers import smooth_over_time
from mmacl.models.losses import self_guided_attention

LENGTHS = (5, 1, 3)
LABELS = torch.tensor([[True, False, False], [False, True, True], [False, False, True]])


@pytest.fixture
def batch(make_batch):
    attention, mask = make_batch(LENGTHS, 1, extra=2, padding=50.0)
    scores, _ = make_batch(LENGTHS, 4, extra=2, padding=50.0, seed=1)
    return attention[..., 0], (5 * scores).softmax(dim=-1), mask


@pytest.mark.parametrize('sigma', [0.0, 1.0])
def test_equals_the_equation_written_as_loops(batch, sigma):
    attention, probabilities, mask = batch
    found = self_guided_attention(attention, probabilities, LABELS, mask, sigma)
    for i, length in enumerate(LENGTHS):
        smooth = smooth_over_time(probabilities[i : i + 1, :length], mask[i : i + 1, :length], sigma)[0].tolist()
        own = LABELS[i].nonzero().flatten().tolist()
        guides = [max(p[c] for c in own) for p in smooth], [1 - p[3] for p in smooth]
        expected = 0.0
        for t in range(length):
            weight = attention[i, t].item()
            expected += (abs(weight - guides[0][t]) + abs(weight - guides[1][t])) / length
        assert found[i].item() == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize('detach', [True, False])
def test_the_guide_learns_too_unless_detached(batch, detach):
    attention, probabilities, mask = batch
    attention, probabilities = attention.clone().requires_grad_(), probabilities.clone().requires_grad_()
    self_guided_attention(attention, probabilities, LABELS, mask, 1.0, detach).sum().backward()
    assert attention.grad.any()
    assert (probabilities.grad is None) == detach
