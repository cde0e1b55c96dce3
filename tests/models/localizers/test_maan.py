"""MAAN against its equations written as plain loops."""

from __future__ import annotations

import math

import pytest

from mmacl.models import MAAN
from tests.models.test_marginalized_average import expected_weights

LENGTHS = (6, 1, 3)
LABELS = (0, (1, 2), 2)
WIDTHS = {'rgb': 5, 'flow': 4}


@pytest.fixture
def model(randomise):
    return randomise(MAAN(WIDTHS, 3, hidden_channels=7, fusion_weights={'rgb': 1, 'flow': 3})).double()


def dot(x, y):
    return sum(a * b for a, b in zip(x, y, strict=True))


def sigmoid(value):
    return 1 / (1 + math.exp(-value))


def plain_probability(model, name, snippet):
    """Two layers with a leaky ReLU in between, then a sigmoid."""
    head = model.attention[name]
    hidden = [
        dot(w, snippet) + b for w, b in zip(head.conv.weight[:, :, 0].tolist(), head.conv.bias.tolist(), strict=True)
    ]
    hidden = [h if h > 0 else 0.01 * h for h in hidden]
    return sigmoid(dot(head.fc.weight[0].tolist(), hidden) + head.fc.bias.item())


def plain_stream(model, name, video):
    """Probabilities, weights, class map and scores of the video."""
    p = [plain_probability(model, name, snippet) for snippet in video]
    weights = expected_weights(p)
    classifier = model.classifiers[name]
    rows = classifier.weight.tolist()
    class_map = [[w * sigmoid(dot(c, snippet)) for c in rows] for w, snippet in zip(weights, video, strict=True)]
    pooled = [dot(weights, column) for column in zip(*video, strict=True)]
    logits = [dot(c, pooled) + b for c, b in zip(rows, classifier.bias.tolist(), strict=True)]
    return p, weights, class_map, logits


def test_losses_are_those_of_the_paper(model, make_inputs, make_samples):
    inputs, mask = make_inputs(LENGTHS, extra=2, padding=50.0)
    losses = model(inputs, make_samples(LABELS), mask, mode='loss')
    assert list(losses) == ['rgb.loss_cls', 'flow.loss_cls']
    for name, x in inputs.items():
        expected = 0.0
        for i, length in enumerate(LENGTHS):
            logits = plain_stream(model, name, x[i, :length].tolist())[3]
            labels = {LABELS[i]} if isinstance(LABELS[i], int) else set(LABELS[i])
            expected -= sum(math.log(sigmoid(s if c in labels else -s)) for c, s in enumerate(logits))
        assert losses[f'{name}.loss_cls'].item() == pytest.approx(expected / 9)


def test_predicts_the_mean_of_both_streams(model, make_inputs):
    inputs, mask = make_inputs((4,), extra=1, padding=50.0)
    found = model.predict(inputs, mask)
    weights = model.snippet_weights(inputs, mask)
    streams = {name: plain_stream(model, name, x[0, :4].tolist()) for name, x in inputs.items()}
    for t in range(4):
        shares = {'rgb': 0.25, 'flow': 0.75}
        assert found.actionness[0, t].item() == pytest.approx(sum(s * streams[n][0][t] for n, s in shares.items()))
        for c in range(3):
            expected = sum(s * streams[n][2][t][c] for n, s in shares.items())
            assert found.class_map[0, t, c].item() == pytest.approx(expected)
            scores = sum(s * sigmoid(streams[n][3][c]) for n, s in shares.items())
            assert found.video_scores[0, c].item() == pytest.approx(scores)
        for name in WIDTHS:
            assert weights[name][0, t].item() == pytest.approx(streams[name][1][t])
    assert set(found.streams) == {'rgb', 'flow'}


def test_the_classifiers_are_renewed(model):
    assert list(model.head_modules()) == [model.classifiers['rgb'], model.classifiers['flow']]
