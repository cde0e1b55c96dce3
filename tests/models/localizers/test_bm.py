"""BM against its equations written as plain loops."""

from __future__ import annotations

import math

import pytest
import torch

from mmacl.models import BM
from mmacl.models.losses import self_guided_attention

LENGTHS = (6, 1, 3)
LABELS = (0, (1, 2), 2)
WIDTHS = {'rgb': 5, 'flow': 4}


@pytest.fixture
def make_bm(randomise):
    def make(**kwargs):
        return randomise(BM(WIDTHS, 3, hidden_channels=7, **kwargs)).double()

    return make


def average(video, weights):
    """1/T sum_t weight_t x_t."""
    total = [0.0] * len(video[0])
    for snippet, weight in zip(video, weights, strict=True):
        total = [a + weight * b / len(video) for a, b in zip(total, snippet, strict=True)]
    return total


def softmax(layer, x):
    bias = [0.0] * layer.out_features if layer.bias is None else layer.bias.tolist()
    rows = zip(layer.weight.tolist(), bias, strict=True)
    logits = [sum(a * b for a, b in zip(w, x, strict=True)) + c for w, c in rows]
    return [math.exp(logit) / sum(map(math.exp, logits)) for logit in logits]


def test_losses_are_those_of_the_paper(make_bm, make_inputs, make_samples):
    model = make_bm(background_weight=0.3, guide_weight=0.5, cluster_weight=0.7, guide_sigma=0.8)
    inputs, mask = make_inputs(LENGTHS, extra=2, padding=50.0)
    samples = make_samples(LABELS)
    losses = model(inputs, samples, mask, mode='loss')
    assert list(losses) == [f'{n}.loss_{t}' for n in WIDTHS for t in ('fg', 'bg', 'guide', 'cluster')]
    labels = torch.stack([sample.pseudo_label for sample in samples]).bool()
    weights = model.snippet_weights(inputs, mask)
    for name, x in inputs.items():
        fg = bg = cluster = 0.0
        for video, weight, length, label in zip(x.tolist(), weights[name].tolist(), LENGTHS, LABELS, strict=True):
            foreground = average(video[:length], weight[:length])
            background = average(video[:length], [1 - w for w in weight[:length]])
            own = [label] if isinstance(label, int) else label
            fg -= sum(math.log(softmax(model.classifiers[name], foreground)[c]) for c in own) / len(own)
            bg -= math.log(softmax(model.classifiers[name], background)[3])
            cluster -= math.log(softmax(model.separators[name], foreground)[0])
            cluster -= math.log(softmax(model.separators[name], background)[1])
        probabilities = model.classifiers[name](x).softmax(dim=-1)
        guide = self_guided_attention(weights[name], probabilities, labels, mask, 0.8).mean().item()
        expected = {'fg': fg / 3, 'bg': 0.3 * bg / 3, 'guide': 0.5 * guide, 'cluster': 0.7 * cluster / 3}
        for term, value in expected.items():
            assert losses[f'{name}.loss_{term}'].item() == pytest.approx(value, abs=1e-12)


def test_detaching_the_guide_spares_the_classifier(make_bm, make_inputs, make_samples):
    gradients = []
    for detach in (False, True):
        model = make_bm(detach_guidance=detach)
        inputs, mask = make_inputs(LENGTHS)
        model(inputs, make_samples(LABELS), mask, mode='loss')['rgb.loss_guide'].backward()
        gradients.append(model.classifiers['rgb'].weight.grad)
    assert gradients[0].any()
    assert not gradients[1].any()


def test_predicts_attention_times_class_probability_without_background(make_bm, make_inputs):
    model = make_bm()
    inputs, mask = make_inputs(LENGTHS, extra=2, padding=50.0)
    prediction = model.predict(inputs, mask)
    weights = model.snippet_weights(inputs, mask)
    for i, length in enumerate(LENGTHS):
        for name, x in inputs.items():
            video, weight = x[i, :length].tolist(), weights[name][i, :length].tolist()
            class_map, video_scores = prediction.streams[name]
            expected = softmax(model.classifiers[name], average(video, weight))[:3]
            assert video_scores[i].tolist() == pytest.approx(expected, abs=1e-12)
            for t, snippet in enumerate(video):
                expected = [weight[t] * p for p in softmax(model.classifiers[name], snippet)[:3]]
                assert class_map[i, t].tolist() == pytest.approx(expected, abs=1e-12)
    torch.testing.assert_close(prediction.actionness, (weights['rgb'] + weights['flow']) / 2)
    torch.testing.assert_close(prediction.class_map, (prediction.streams['rgb'][0] + prediction.streams['flow'][0]) / 2)
