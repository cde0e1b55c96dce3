"""STPN against its equations written as plain loops."""

from __future__ import annotations

import math

import pytest
import torch

from mmacl.models import STPN
from mmacl.utils import InputError

LENGTHS = (6, 1, 3)
LABELS = (0, (1, 2), 2)
WIDTHS = {'rgb': 5, 'flow': 4}


@pytest.fixture
def make_stpn(randomise):
    def make(**kwargs):
        return randomise(STPN(WIDTHS, 3, hidden_channels=7, **kwargs)).double()

    return make


def sigmoid(value):
    return 1 / (1 + math.exp(-value))


def dot(x, y):
    return sum(a * b for a, b in zip(x, y, strict=True))


def plain_attention(model, name, snippet):
    """Two fully connected layers with a ReLU in between, then a sigmoid (Sec. 3.1)."""
    head = model.attention[name]
    first, second = head.conv.weight[:, :, 0].tolist(), head.fc.weight[0].tolist()
    hidden = [max(dot(w, snippet) + b, 0) for w, b in zip(first, head.conv.bias.tolist(), strict=True)]
    return sigmoid(dot(second, hidden) + head.fc.bias.item())


def plain_logits(model, name, video, pooling):
    """Eq. (1), then the classifier."""
    weights = [plain_attention(model, name, snippet) for snippet in video]
    share = len(video) if pooling == 'mean' else 1
    pooled = [
        sum(w * snippet[d] for w, snippet in zip(weights, video, strict=True)) / share for d in range(len(video[0]))
    ]
    classifier = model.classifiers[name]
    bias = [0.0] * 3 if classifier.bias is None else classifier.bias.tolist()
    return [dot(w, pooled) + b for w, b in zip(classifier.weight.tolist(), bias, strict=True)], weights


@pytest.mark.parametrize('pooling', ['mean', 'sum'])
@pytest.mark.parametrize('bias', [True, False])
def test_losses_are_those_of_the_paper(make_stpn, make_inputs, make_samples, pooling, bias):
    model = make_stpn(pooling=pooling, bias=bias, sparsity_weight=0.3)
    inputs, mask = make_inputs(LENGTHS, extra=2, padding=50.0)
    losses = model(inputs, make_samples(LABELS), mask, mode='loss')
    assert list(losses) == ['rgb.loss_cls', 'rgb.loss_sparse', 'flow.loss_cls', 'flow.loss_sparse']
    for name, x in inputs.items():
        entropy, norm = 0.0, 0.0
        for video, length, label in zip(x.tolist(), LENGTHS, LABELS, strict=True):
            logits, weights = plain_logits(model, name, video[:length], pooling)
            norm += sum(weights) / len(LENGTHS)
            for c, logit in enumerate(logits):
                positive = c == label if isinstance(label, int) else c in label
                p = sigmoid(logit)
                entropy -= math.log(p if positive else 1 - p) / (len(LENGTHS) * 3)
        assert losses[f'{name}.loss_cls'].item() == pytest.approx(entropy, abs=1e-12)
        assert losses[f'{name}.loss_sparse'].item() == pytest.approx(0.3 * norm, abs=1e-12)


@pytest.mark.parametrize('pooling', ['mean', 'sum'])
def test_predicts_the_weighted_t_cam_of_both_streams(make_stpn, make_inputs, pooling):
    model = make_stpn(pooling=pooling, fusion_weights={'rgb': 1.0, 'flow': 3.0})
    inputs, mask = make_inputs(LENGTHS, extra=2, padding=50.0)
    prediction = model.predict(inputs, mask)
    for i, length in enumerate(LENGTHS):
        videos = {name: x[i, :length].tolist() for name, x in inputs.items()}
        for c in range(3):
            score = 0.0
            for name, share in (('rgb', 0.25), ('flow', 0.75)):
                logits, weights = plain_logits(model, name, videos[name], pooling)
                score += share * sigmoid(logits[c])
                assert prediction.streams[name][1][i, c].item() == pytest.approx(sigmoid(logits[c]), abs=1e-12)
                w = model.classifiers[name].weight[c].tolist()
                for t, snippet in enumerate(videos[name]):
                    psi = weights[t] * sigmoid(dot(w, snippet))  # Eq. (5)
                    assert prediction.streams[name][0][i, t, c].item() == pytest.approx(psi, abs=1e-12)
            assert prediction.video_scores[i, c].item() == pytest.approx(score, abs=1e-12)
    expected = 0.25 * prediction.streams['rgb'][0] + 0.75 * prediction.streams['flow'][0]
    torch.testing.assert_close(prediction.class_map, expected)


def test_each_stream_is_weighed_by_its_own_attention(make_stpn, make_inputs):
    model = make_stpn()
    inputs, mask = make_inputs(LENGTHS, extra=2, padding=50.0)
    weights = model.snippet_weights(inputs, mask)
    for name, x in inputs.items():
        for i, length in enumerate(LENGTHS):
            found = weights[name][i].tolist()
            expected = [plain_attention(model, name, snippet) for snippet in x[i, :length].tolist()]
            assert found == pytest.approx(expected + [0.0] * (mask.shape[1] - length), abs=1e-12)
    actionness = model.predict(inputs, mask).actionness
    torch.testing.assert_close(actionness, (weights['rgb'] + weights['flow']) / 2)


def test_heads_are_the_classifiers(make_stpn):
    model = make_stpn()
    assert list(model.head_modules()) == [model.classifiers['rgb'], model.classifiers['flow']]


def test_refuses_another_pooling():
    with pytest.raises(InputError, match="pooling='max' is not known"):
        STPN(WIDTHS, 3, pooling='max')
