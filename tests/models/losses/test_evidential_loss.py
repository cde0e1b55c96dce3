"""The evidential loss of DELU against its equation."""

from __future__ import annotations

import math

import pytest
import torch

from mmacl.models import EvidentialLoss


def plain_loss(logits, labels):
    alpha = [math.exp(min(max(x, -10), 10)) + 1 for x in logits]
    total = sum(alpha)
    uncertainty = len(alpha) / total
    shares = [1 / a if y else 0.0 for a, y in zip(alpha, labels, strict=True)]
    terms = [w / sum(shares) * (math.log(total) - math.log(a)) for w, a in zip(shares, alpha, strict=True)]
    return (1 - uncertainty) * sum(labels) * sum(terms)


def test_equals_the_equation():
    logits = 4 * torch.randn(3, 4, dtype=torch.float64)
    logits[0, 0] = 60.0
    labels = torch.tensor([[1, 0, 0, 0], [0, 1, 1, 0], [1, 1, 0, 1]]).bool()
    rows = zip(logits.tolist(), labels.tolist(), strict=True)
    expected = 0.7 * sum(plain_loss(x, y) for x, y in rows) / 3
    assert EvidentialLoss(loss_weight=0.7)(logits, labels).item() == pytest.approx(expected)


def test_a_video_without_a_label_adds_nothing():
    logits = torch.randn(2, 3, dtype=torch.float64)
    labels = torch.tensor([[True, False, True], [False, False, False]])
    torch.testing.assert_close(EvidentialLoss()(logits, labels), EvidentialLoss()(logits[:1], labels[:1]))
    assert EvidentialLoss()(logits[1:], labels[1:]).item() == 0


def test_certainty_takes_no_gradient():
    logits = torch.randn(1, 3, dtype=torch.float64, requires_grad=True)
    labels = torch.tensor([[True, False, True]])
    (found,) = torch.autograd.grad(EvidentialLoss()(logits, labels), logits)
    alpha = logits.exp() + 1
    certainty = (1 - 3 / alpha.sum()).item()
    shares = labels / alpha / (labels / alpha).sum()
    terms = (shares * (alpha.sum().log() - alpha.log())).sum()
    (expected,) = torch.autograd.grad(certainty * 2 * terms, logits)
    torch.testing.assert_close(found, expected)


def test_is_finite_far_outside_the_range_of_float32():
    logits = torch.tensor([[1e4, -1e4, 0.0]], requires_grad=True)
    loss = EvidentialLoss()(logits, torch.tensor([[True, True, False]]))
    loss.backward()
    assert loss.isfinite()
    assert logits.grad.isfinite().all()
