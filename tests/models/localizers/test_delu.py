"""DELU: the losses that it adds to CO2-Net, against plain loops."""

from __future__ import annotations

import math

import pytest
import torch

from mmacl.models import DELU, CO2Net
from mmacl.models.localizers import TrainingProgress
from tests.models.losses.test_evidential_loss import plain_loss

LENGTHS = (6, 1, 3)
LABELS = (0, (1, 2), 2)
WIDTHS = {'rgb': 5, 'flow': 4}
SIZES = {'hidden_channels': 6, 'attention_channels': 7}


@pytest.fixture
def make_delu(randomise):
    def make(**kwargs):
        return randomise(DELU(WIDTHS, 3, **SIZES, **kwargs)).double().eval()

    return make


def softmax(values):
    exps = [math.exp(v) for v in values]
    return [e / sum(exps) for e in exps]


def strength(row):
    return sum(math.exp(min(max(v, -10), 10)) + 1 for v in row)


def plain_weights(rows, delta, amplitude):
    """1 + amplitude tanh(delta phi); phi grows with the rank of the uncertainty (C / S)."""
    by_uncertainty = sorted(range(len(rows)), key=lambda t: 1 / strength(rows[t]))
    weights = [0.0] * len(rows)
    for rank, t in enumerate(by_uncertainty):
        weights[t] = 1 + amplitude * math.tanh(delta * (2 * (rank + 0.5) / len(rows) - 1))
    return weights


@pytest.mark.parametrize('easy_first', [True, False])
def test_adds_two_losses(make_delu, make_inputs, make_samples, randomise, easy_first):
    model = make_delu(
        evidence_ratio=2, evidence_weight=0.3, progressive_weight=0.6, amplitude=0.5, easy_first=easy_first
    )
    model.progress = TrainingProgress(round=2, step=10, num_steps=50)
    inputs, mask = make_inputs(LENGTHS, extra=2, padding=50.0)
    losses = model(inputs, make_samples(LABELS), mask, mode='loss')

    output = model.raw_output(inputs, mask)
    evidence = progressive = 0.0
    for i, length in enumerate(LENGTHS):
        attention = output.attention[i, :length].tolist()
        cas = output.class_logits[i, :length].tolist()
        suppressed = [[min(row) + a * (v - min(row)) for v in row] for a, row in zip(attention, cas, strict=True)]
        best = sorted(range(length), key=lambda t: -attention[t])[: max(1, length // 2)]
        logits = [sum(suppressed[t][c] for t in best) / len(best) for c in range(3)]
        labels = {LABELS[i]} if isinstance(LABELS[i], int) else set(LABELS[i])
        evidence += 0.3 * plain_loss(logits, [c in labels for c in range(3)]) / 3
        delta = (2 * 10 / 50 - 1) * (1 if easy_first else -1)
        for t, weight in enumerate(plain_weights(suppressed, delta, 0.5)):
            curves = [*output.stream_attention[:, i, t].tolist(), attention[t]]
            background = softmax(cas[t])[-1]
            progressive += 0.6 * weight * sum(abs(1 - a - background) for a in curves) / 3 / length / 3
    assert losses['loss_evidence'].item() == pytest.approx(evidence)
    assert losses['loss_progressive'].item() == pytest.approx(progressive)

    base = randomise(CO2Net(WIDTHS, 3, opposite_weight=0.4, **SIZES)).double().eval()
    for name, value in base(inputs, make_samples(LABELS), mask, mode='loss').items():
        torch.testing.assert_close(losses.pop(name), value)
    assert set(losses) == {'loss_evidence', 'loss_progressive'}


def test_certain_snippets_weigh_more_at_first_and_less_at_last(make_delu):
    model = make_delu()
    certain, uncertain = [5.0, 0.0, 0.0, 0.0], [-5.0, -5.0, -5.0, -5.0]
    suppressed = torch.tensor([[uncertain, certain]], dtype=torch.float64)
    mask = torch.ones(1, 2, dtype=torch.bool)
    for step, sign in ((0, 1), (50, 0), (100, -1)):
        model.progress = TrainingProgress(step=step, num_steps=100)
        weights = model.weigh_by_uncertainty(suppressed, mask)[0]
        assert weights.sum().item() == pytest.approx(2)
        assert (weights[1] - weights[0]).sign().item() == sign
