"""The losses of UM against their equations as loops."""

from __future__ import annotations

import math

import pytest
import torch

from mmacl.models.losses import BackgroundEntropyLoss, FeatureMagnitudeLoss


def test_magnitude_loss_equals_loops():
    generator = torch.Generator().manual_seed(1)
    actions = torch.randn(6, 5, generator=generator, dtype=torch.float64)
    backgrounds = torch.randn(6, 5, generator=generator, dtype=torch.float64)
    expected = 0.0
    for a, b in zip(actions.tolist(), backgrounds.tolist(), strict=True):
        length_a, length_b = math.sqrt(sum(x * x for x in a)), math.sqrt(sum(x * x for x in b))
        expected += (max(0.0, 2.0 - length_a) + length_b) ** 2 / 6
    found = FeatureMagnitudeLoss(margin=2.0, loss_weight=3.0)(actions, backgrounds)
    assert found.item() == pytest.approx(3 * expected, rel=1e-12)


def test_magnitude_loss_of_zero_features_has_finite_gradients():
    zeros = torch.zeros(3, 4, requires_grad=True)
    FeatureMagnitudeLoss()(zeros, zeros).backward()
    assert zeros.grad.isfinite().all()


def test_entropy_loss_equals_loops_and_is_least_for_even_probabilities():
    generator = torch.Generator().manual_seed(2)
    logits = torch.randn(4, 3, generator=generator, dtype=torch.float64)
    expected = 0.0
    for row in logits.tolist():
        total = sum(math.exp(x) for x in row)
        expected -= sum(math.log(math.exp(x) / total) for x in row) / 3 / 4
    loss = BackgroundEntropyLoss(loss_weight=0.5)
    assert loss(logits).item() == pytest.approx(0.5 * expected, rel=1e-12)
    assert loss(torch.zeros(4, 3)).item() == pytest.approx(0.5 * math.log(3))
    assert loss(torch.zeros(4, 3)) < loss(logits)
