from __future__ import annotations

import pytest
import torch

from mmacl.models import CountingLoss

COUNTS = [[2, 0, 5], [0, 0, 1]]


def test_equals_its_definition_written_as_loops():
    predicted = torch.randn(2, 3).double()
    expected = 0.0
    for row, counts in zip(predicted.tolist(), COUNTS, strict=True):
        for m, n in zip(row, counts, strict=True):
            expected += (abs(m - n) / n if n else 0.3 * abs(m)) / 2
    loss = CountingLoss(loss_weight=0.5, absent_weight=0.3)(predicted, torch.tensor(COUNTS))
    assert loss.item() == pytest.approx(0.5 * expected)


def test_right_counts_give_0():
    counts = torch.tensor(COUNTS)
    assert CountingLoss()(counts.float(), counts).item() == 0


def test_gradient_is_finite():
    predicted = torch.zeros(2, 3, requires_grad=True)
    CountingLoss()(predicted, torch.tensor(COUNTS)).backward()
    assert predicted.grad.isfinite().all()
