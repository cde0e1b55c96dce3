"""UntrimmedNet against its equations written as plain loops."""

from __future__ import annotations

import math

import pytest
import torch

from mmacl.models import UntrimmedNet
from mmacl.utils import InputError

LENGTHS = (6, 1, 3)
LABELS = (0, (1, 2), 2)
WIDTHS = {'rgb': 5, 'flow': 4}


@pytest.fixture
def make_net(randomise):
    def make(**kwargs):
        return randomise(UntrimmedNet(WIDTHS, 3, **kwargs)).double().eval()

    return make


def linear(layer, x):
    rows = zip(layer.weight.tolist(), layer.bias.tolist(), strict=True)
    return [sum(a * b for a, b in zip(w, x, strict=True)) + c for w, c in rows]


def softmax(values):
    return [math.exp(value) / sum(map(math.exp, values)) for value in values]


def video_scores(model, name, video, k):
    """Sec. 3.4, and the attention of the soft selection."""
    scores = [linear(model.classifiers[name], snippet) for snippet in video]
    if model.selection == 'hard':
        best = [sorted(column, reverse=True)[:k] for column in zip(*scores, strict=True)]
        return softmax([sum(values) / len(values) for values in best]), None
    attention = softmax([linear(model.attention[name].fc, snippet)[0] for snippet in video])
    rows = [softmax(row) for row in scores]
    return [sum(a * row[c] for a, row in zip(attention, rows, strict=True)) for c in range(3)], attention


@pytest.mark.parametrize('selection', ['soft', 'hard'])
def test_loss_is_the_cross_entropy_of_the_selected_snippets(make_net, make_inputs, make_samples, selection):
    model = make_net(selection=selection, num_selected=2)
    inputs, mask = make_inputs(LENGTHS, extra=2, padding=50.0)
    losses = model(inputs, make_samples(LABELS), mask, mode='loss')
    assert list(losses) == ['rgb.loss_cls', 'flow.loss_cls']
    for name, x in inputs.items():
        expected = 0.0
        for video, length, label in zip(x.tolist(), LENGTHS, LABELS, strict=True):
            scores, _ = video_scores(model, name, video[:length], 2)
            own = [label] if isinstance(label, int) else label
            expected -= sum(math.log(scores[c]) for c in own) / len(own) / len(LENGTHS)
        assert losses[f'{name}.loss_cls'].item() == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize('selection', ['soft', 'hard'])
def test_predictions_and_weights(make_net, make_inputs, selection):
    model = make_net(selection=selection, num_selected=1, num_selected_in_test=4)
    inputs, mask = make_inputs(LENGTHS, extra=2, padding=50.0)
    prediction, weights = model.predict(inputs, mask), model.snippet_weights(inputs, mask)
    for name, x in inputs.items():
        class_map, of_videos = prediction.streams[name]
        for i, length in enumerate(LENGTHS):
            video = x[i, :length].tolist()
            scores, attention = video_scores(model, name, video, 4)
            rows = [softmax(linear(model.classifiers[name], snippet)) for snippet in video]
            assert of_videos[i].tolist() == pytest.approx(scores, abs=1e-12)
            torch.testing.assert_close(class_map[i, :length], torch.tensor(rows, dtype=torch.float64))
            if attention is None:
                attention = [sum(p * q for p, q in zip(row, scores, strict=True)) for row in rows]
            assert weights[name][i].tolist() == pytest.approx(attention + [0] * (mask.shape[1] - length), abs=1e-12)
    assert (prediction.actionness is None) == (selection == 'hard')
    if prediction.actionness is not None:
        torch.testing.assert_close(prediction.actionness, (weights['rgb'] + weights['flow']) / 2)


def test_dropout_acts_in_training_alone(make_net, make_inputs, make_samples):
    inputs, mask = make_inputs(LENGTHS)

    def loss(training, dropout):
        model = make_net(dropout=dropout).train(training)
        return model(inputs, make_samples(LABELS), mask, mode='loss')['rgb.loss_cls']

    assert torch.equal(loss(False, 0.8), loss(True, 0.0))
    assert not torch.equal(loss(True, 0.8), loss(True, 0.0))


def test_the_soft_loss_is_finite_where_a_class_has_no_probability(make_net, make_inputs, make_samples):
    model = make_net()
    with torch.no_grad():
        model.classifiers['rgb'].bias[0] = -1e4
    inputs, mask = make_inputs(LENGTHS)
    model(inputs, make_samples(LABELS), mask, mode='loss')['rgb.loss_cls'].backward()
    assert all(p.grad.isfinite().all() for p in model.parameters() if p.grad is not None)


def test_refuses_another_selection():
    with pytest.raises(InputError, match="selection='top' is not known"):
        UntrimmedNet(WIDTHS, 3, selection='top')
