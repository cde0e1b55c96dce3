"""BaS-Net against its equations, written as loops over videos, snippets and classes."""

from __future__ import annotations

import math

import pytest
import torch

from mmacl.models import BaSNet
from mmacl.utils import InputError

LENGTHS = (17, 1, 9, 24)
LABELS = ((0, 1), 1, 0, 2)


@pytest.fixture
def model(randomise):
    made = BaSNet({'rgb': 5, 'flow': 4}, 3, hidden_channels=6, filter_channels=7, norm_weight=0.3)
    return randomise(made).double().eval()


def leaky(x):
    return torch.where(x > 0, x, 0.01 * x)


def filter_weight(model, row):
    """Two layers and a sigmoid."""
    first, second = model.filter.conv, model.filter.fc
    hidden = leaky(first.weight[:, :, 0] @ row + first.bias)
    return 1 / (1 + math.exp(-(second.weight[0] @ hidden + second.bias[0]).item()))


def class_scores(model, rows):
    """Convolutions over three snippets, beyond the video 0, then C + 1 scores of each snippet."""
    for conv in model.convs:
        padded = [torch.zeros_like(rows[0]), *rows, torch.zeros_like(rows[0])]
        rows = [
            leaky(conv.bias + sum(conv.weight[:, :, j] @ padded[t + j] for j in range(3))) for t in range(len(rows))
        ]
    return [model.classifier.weight @ row for row in rows]


def probabilities(scores):
    """Top-k means of one video, then a softmax over C + 1 classes."""
    k = max(1, len(scores) // 8)
    means = [sum(sorted((row[c].item() for row in scores), reverse=True)[:k]) / k for c in range(4)]
    total = sum(math.exp(m) for m in means)
    return [math.exp(m) / total for m in means]


def binary_cross_entropy(p, labels):
    """Over classes, with labels that sum to one."""
    targets = [label / sum(labels) for label in labels]
    return -sum(y * math.log(q) + (1 - y) * math.log(1 - q) for y, q in zip(targets, p, strict=True)) / len(p)


def test_losses_and_predictions_equal_the_paper_written_as_loops(model, make_inputs, make_samples):
    inputs, mask = make_inputs(LENGTHS, extra=3, padding=50.0)
    losses = model(inputs, make_samples(LABELS), mask, mode='loss')
    prediction = model.predict(inputs, mask)
    base = suppressed = norm = 0.0
    for i, length in enumerate(LENGTHS):
        rows = [torch.cat([inputs['rgb'][i, t], inputs['flow'][i, t]]) for t in range(length)]
        weights = [filter_weight(model, row) for row in rows]
        cas = class_scores(model, [w * row for w, row in zip(weights, rows, strict=True)])
        label = [float(c in (LABELS[i] if isinstance(LABELS[i], tuple) else (LABELS[i],))) for c in range(3)]
        base += binary_cross_entropy(probabilities(class_scores(model, rows)), [*label, 1.0])
        suppressed += binary_cross_entropy(probabilities(cas), [*label, 0.0])
        norm += sum(weights)
        torch.testing.assert_close(prediction.class_map[i, :length], torch.stack(cas)[:, :3])
        torch.testing.assert_close(prediction.actionness[i, :length], torch.tensor(weights).double())
        torch.testing.assert_close(prediction.video_scores[i], torch.tensor(probabilities(cas)[:3]).double())
    assert losses['loss_base'].item() == pytest.approx(base / 4, abs=1e-12)
    assert losses['loss_supp'].item() == pytest.approx(suppressed / 4, abs=1e-12)
    assert losses['loss_norm'].item() == pytest.approx(0.3 * norm / 4, abs=1e-12)
    assert not prediction.actionness[~mask].any()


def test_the_branches_share_their_weights(model, make_inputs):
    """With a filter that lets everything through, both branches score alike."""
    inputs, mask = make_inputs(LENGTHS)
    model.filter.fc.bias.data.fill_(50.0)
    x = torch.cat([inputs['rgb'], inputs['flow']], dim=-1)
    torch.testing.assert_close(model.predict(inputs, mask).class_map, model._score(x, mask)[..., :3])


def test_defaults_are_those_of_the_paper():
    model = BaSNet({'rgb': 5, 'flow': 4}, 3)
    assert model.filter.conv.out_channels == 512
    assert [(conv.in_channels, conv.out_channels) for conv in model.convs] == [(9, 9), (9, 9)]
    assert model.classifier.weight.shape == (4, 9)
    assert model.dropout.p == 0.7
    assert list(model.head_modules()) == [model.classifier]


def test_number_and_width_of_layers_are_keys(make_inputs):
    inputs, mask = make_inputs(LENGTHS)
    model = BaSNet({'rgb': 5, 'flow': 4}, 3, hidden_channels=6, num_layers=1, kernel_size=5, top_k_ratio=2).double()
    assert [conv.kernel_size for conv in model.convs] == [(5,)]
    before = model.eval().predict(inputs, mask).video_scores
    model.top_k_ratio = 8
    assert not torch.allclose(model.predict(inputs, mask).video_scores, before)


def test_cross_entropy_may_take_the_place_of_the_binary_loss(make_inputs, make_samples):
    inputs, mask = make_inputs(LENGTHS)
    losses = {'base': None, 'suppression': {'type': 'VideoClassificationLoss', 'reduction': 'mean'}}
    model = BaSNet({'rgb': 5, 'flow': 4}, 3, losses=losses).double()
    assert set(model(inputs, make_samples(LABELS), mask, mode='loss')) == {'loss_supp', 'loss_norm'}


@pytest.mark.parametrize(
    ('changes', 'message'),
    [
        ({'num_layers': 0}, 'num_layers=0'),
        ({'filter_channels': 0}, 'filter_channels=0'),
        ({'kernel_size': 2}, 'kernel_size=2'),
        ({'losses': {'norm': {}}}, "losses='norm'"),
    ],
)
def test_wrong_values_are_refused(changes, message):
    with pytest.raises(InputError, match=message):
        BaSNet({'rgb': 5}, 3, **changes)
