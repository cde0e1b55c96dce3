"""Hide-and-Seek against its description written as plain loops."""

from __future__ import annotations

import math

import pytest
import torch

from mmacl.models import HideAndSeek
from mmacl.utils import InputError

LENGTHS = (6, 1, 3)
LABELS = (0, (1, 2), 2)
WIDTHS = {'rgb': 5, 'flow': 4}


@pytest.fixture
def make_has(randomise):
    def make(**kwargs):
        return randomise(HideAndSeek(WIDTHS, 3, hidden_channels=7, **kwargs)).double()

    return make


def embed(model, name, snippet):
    """Two convolutions of kernel 1, each with a ReLU."""
    for conv in model.convs[name]:
        rows = zip(conv.weight[:, :, 0].tolist(), conv.bias.tolist(), strict=True)
        snippet = [max(sum(a * b for a, b in zip(w, snippet, strict=True)) + bias, 0) for w, bias in rows]
    return snippet


def pool(embedding, pooling):
    channels = zip(*embedding, strict=True)
    return [max(c) if pooling == 'max' else sum(c) / len(c) for c in channels]


def classify(layer, x):
    logits = [
        sum(a * b for a, b in zip(w, x, strict=True)) + c
        for w, c in zip(layer.weight.tolist(), layer.bias.tolist(), strict=True)
    ]
    return [math.exp(logit) / sum(map(math.exp, logits)) for logit in logits]


@pytest.mark.parametrize('pooling', ['max', 'mean'])
def test_losses_and_predictions_are_those_of_the_paper(make_has, make_inputs, make_samples, pooling):
    model = make_has(pooling=pooling).eval()
    inputs, mask = make_inputs(LENGTHS, extra=2, padding=50.0)
    losses = model(inputs, make_samples(LABELS), mask, mode='loss')
    prediction = model.predict(inputs, mask)
    assert list(losses) == ['rgb.loss_cls', 'flow.loss_cls']
    for name, x in inputs.items():
        expected = 0.0
        class_map, video_scores = prediction.streams[name]
        for i, (length, label) in enumerate(zip(LENGTHS, LABELS, strict=True)):
            embedding = [embed(model, name, snippet) for snippet in x[i, :length].tolist()]
            scores = classify(model.classifiers[name], pool(embedding, pooling))
            own = [label] if isinstance(label, int) else label
            expected -= sum(math.log(scores[c]) for c in own) / len(own) / len(LENGTHS)
            assert video_scores[i].tolist() == pytest.approx(scores, abs=1e-12)
            for t, snippet in enumerate(embedding):
                cam = [
                    sum(a * b for a, b in zip(w, snippet, strict=True)) for w in model.classifiers[name].weight.tolist()
                ]
                assert class_map[i, t].tolist() == pytest.approx(cam, abs=1e-12)
        assert losses[f'{name}.loss_cls'].item() == pytest.approx(expected, abs=1e-12)
    assert prediction.actionness is None


def seen_in_training(model, inputs, samples, mask, monkeypatch):
    """Features that reach the convolutions, by stream."""
    seen = {}
    embed_as_before = model._embed
    monkeypatch.setattr(model, '_embed', lambda name, x, m: embed_as_before(name, seen.setdefault(name, x), m))
    model(inputs, samples, mask, mode='loss')
    return seen


def test_hides_whole_parts_of_both_streams(make_has, make_inputs, make_samples, monkeypatch):
    lengths = (9, 1, 4)
    model = make_has(num_segments=3).train()
    inputs, mask = make_inputs(lengths, extra=2, padding=50.0)
    seen = seen_in_training(model, inputs, make_samples(LABELS), mask, monkeypatch)
    masks = []
    for name, x in inputs.items():
        mean = x[mask].mean(dim=0)
        hidden = (seen[name] != x).any(dim=-1)
        masks.append(hidden)
        torch.testing.assert_close(seen[name][hidden], mean.expand(int(hidden.sum()), -1))
        assert not hidden[~mask].any()
        for i, length in enumerate(lengths):
            for part in range(3):
                of_part = [t for t in range(length) if t * 3 // length == part]
                assert len({bool(hidden[i, t]) for t in of_part}) <= 1
    assert torch.equal(*masks)
    assert masks[0].any()
    assert not masks[0][mask].all()


def test_half_of_the_parts_are_hidden(make_has, make_inputs, make_samples, monkeypatch):
    for probability in (0.0, 0.5, 0.9):
        model = make_has(hide_probability=probability).train()
        inputs, mask = make_inputs((60,) * 3)
        seen = seen_in_training(model, inputs, make_samples(LABELS), mask, monkeypatch)
        share = (seen['rgb'] != inputs['rgb']).any(dim=-1)[mask].double().mean().item()
        assert share == pytest.approx(probability, abs=0.15)


def test_nothing_is_hidden_in_test(make_has, make_inputs, make_samples, monkeypatch):
    model = make_has(hide_probability=0.9).eval()
    inputs, mask = make_inputs(LENGTHS)
    assert torch.equal(seen_in_training(model, inputs, make_samples(LABELS), mask, monkeypatch)['rgb'], inputs['rgb'])


def test_the_generator_of_torch_decides(make_has, make_inputs, make_samples):
    model = make_has().train()
    inputs, mask = make_inputs((60,) * 3)

    def loss(seed):
        torch.manual_seed(seed)
        return model(inputs, make_samples(LABELS), mask, mode='loss')['rgb.loss_cls']

    assert torch.equal(loss(1), loss(1))
    assert not torch.equal(loss(1), loss(2))


@pytest.mark.parametrize(
    ('changes', 'message'),
    [
        ({'pooling': 'sum'}, "pooling='sum' is not known"),
        ({'hide_probability': 1.0}, 'hide_probability=1.0'),
        ({'num_segments': 0}, 'num_segments=0'),
    ],
)
def test_refuses_wrong_values(changes, message):
    with pytest.raises(InputError, match=message):
        HideAndSeek(WIDTHS, 3, **changes)
