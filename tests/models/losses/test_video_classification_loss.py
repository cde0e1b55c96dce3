from __future__ import annotations

import math

import pytest
import torch

from mmacl.models import BinaryVideoClassificationLoss, VideoClassificationLoss
from mmacl.utils import InputError

LABELS = [[1, 0, 0], [0, 1, 1], [1, 1, 1], [0, 0, 0]]


@pytest.mark.parametrize('reduction', ['sum', 'mean'])
def test_equals_eq_13_written_as_loops(reduction):
    p = torch.randn(4, 3).double()
    labels = torch.tensor(LABELS).bool()
    expected = 0.0
    for n in range(4):
        probabilities = [math.exp(v) / sum(math.exp(w) for w in p[n]) for v in p[n]]
        for i in range(3):
            if labels[n, i]:
                expected -= 1 / sum(LABELS[n]) * math.log(probabilities[i])
    if reduction == 'mean':
        expected /= 3  # the last video has no label
    loss = VideoClassificationLoss(loss_weight=2.0, reduction=reduction)(p, labels)
    assert loss.item() == pytest.approx(2 * expected)


def test_one_label_is_cross_entropy():
    p, target = torch.randn(5, 4), torch.tensor([0, 3, 2, 2, 1])
    labels = torch.nn.functional.one_hot(target, 4).bool()
    expected = torch.nn.functional.cross_entropy(p, target, reduction='sum')
    torch.testing.assert_close(VideoClassificationLoss()(p, labels), expected)


def test_large_logits_and_half_precision_stay_finite():
    p = torch.tensor([[6e4, -6e4, 0.0]], dtype=torch.float16, requires_grad=True)
    loss = VideoClassificationLoss()(p, torch.tensor([[False, False, True]]))
    loss.backward()
    assert loss.dtype == torch.float32
    assert loss.item() == pytest.approx(6e4, rel=1e-3)
    assert torch.isfinite(p.grad).all()


def test_unknown_reduction_is_refused():
    with pytest.raises(InputError, match='reduction'):
        VideoClassificationLoss(reduction='none')


def test_binary_loss_equals_its_definition_written_as_loops():
    p = torch.randn(4, 3).double()
    expected = 0.0
    for n in range(4):
        total = sum(math.exp(v) for v in p[n])
        for i in range(3):
            probability, target = math.exp(p[n, i]) / total, LABELS[n][i] / max(sum(LABELS[n]), 1)
            expected -= (target * math.log(probability) + (1 - target) * math.log(1 - probability)) / 12
    loss = BinaryVideoClassificationLoss(loss_weight=2.0)(p, torch.tensor(LABELS).bool())
    assert loss.item() == pytest.approx(2 * expected)


def test_binary_loss_of_large_logits_stays_finite():
    p = torch.tensor([[6e4, -6e4, 0.0]], dtype=torch.float16, requires_grad=True)
    loss = BinaryVideoClassificationLoss()(p, torch.tensor([[False, False, True]]))
    loss.backward()
    assert loss.isfinite()
    assert torch.isfinite(p.grad).all()
