"""W-TALC against Sec. 3 of the paper, written as loops over videos, snippets and classes."""

from __future__ import annotations

import math

import pytest
import torch

from mmacl.models import WTALC
from mmacl.utils import InputError

LENGTHS = (17, 1, 9, 24)
#: The last video is the first one, drawn again.
NAMES = ('a', 'b', 'c', 'a')
LABELS = ((0, 1), 1, 0, (0, 1))
LOSSES = {
    'classification': {'type': 'VideoClassificationLoss', 'loss_weight': 0.4, 'reduction': 'mean'},
    'co_activity': {'type': 'CoActivitySimilarityLoss', 'margin': 0.3, 'loss_weight': 0.6},
}


@pytest.fixture
def model(randomise):
    return randomise(WTALC({'rgb': 5, 'flow': 4}, 3, hidden_channels=6, losses=LOSSES)).double().eval()


def embed(model, inputs, i, t):
    """``max(0, W [F_r; F_o] + b)`` and ``A`` of a snippet, without dropout."""
    row = torch.cat([inputs['rgb'][i, t], inputs['flow'][i, t]])
    x = (model.embedding[0].weight @ row + model.embedding[0].bias).clamp(min=0)
    return x, model.classifier.weight @ x + model.classifier.bias


def video_score(activations, length):
    """The mean of the k largest activations of a class."""
    k = max(1, length // 8)
    return sum(sorted(activations, reverse=True)[:k]) / k


def cosine_distance(x, y):
    norm = (x.norm() * y.norm()).item()
    return 1 - torch.dot(x, y).item() / norm if norm else 1.0


def test_losses_and_predictions_equal_the_paper_written_as_loops(model, make_inputs, make_samples):
    inputs, mask = make_inputs(LENGTHS, extra=3, padding=50.0)
    labels = [(label,) if isinstance(label, int) else label for label in LABELS]
    mil, scores, high, low = 0.0, [], {}, {}
    for i, length in enumerate(LENGTHS):
        x, cas = zip(*(embed(model, inputs, i, t) for t in range(length)), strict=True)
        s = [video_score([a[c].item() for a in cas], length) for c in range(3)]
        scores.append(s)
        total = sum(math.exp(value) for value in s)
        mil += sum(-math.log(math.exp(s[c]) / total) / len(labels[i]) for c in labels[i]) / len(LENGTHS)
        for c in labels[i]:
            weights = [math.exp(a[c].item()) for a in cas]
            weights = [w / sum(weights) for w in weights]
            high[i, c] = sum(w * row for w, row in zip(weights, x, strict=True))
            low[i, c] = sum((1 - w) * row for w, row in zip(weights, x, strict=True)) / max(length - 1, 1)
    terms = []
    for m in range(4):
        for n in range(m + 1, 4):
            for c in set(labels[m]) & set(labels[n]):
                if NAMES[m] != NAMES[n]:
                    apart = cosine_distance(high[m, c], high[n, c])
                    first = max(0, apart - cosine_distance(high[m, c], low[n, c]) + 0.3)
                    second = max(0, apart - cosine_distance(low[m, c], high[n, c]) + 0.3)
                    terms.append(0.5 * (first + second))
    losses = model(inputs, make_samples(LABELS, names=NAMES), mask, mode='loss')
    assert len(terms) == 4
    assert losses['loss_cls'].item() == pytest.approx(0.4 * mil, abs=1e-12)
    assert losses['loss_cas'].item() == pytest.approx(0.6 * sum(terms) / len(terms), abs=1e-12)

    prediction = model.predict(inputs, mask)
    assert prediction.actionness is None
    torch.testing.assert_close(prediction.class_map[0, 3], embed(model, inputs, 0, 3)[1])
    torch.testing.assert_close(prediction.video_scores, torch.tensor(scores).double().softmax(dim=1))


def test_default_is_the_width_of_all_streams_and_dropout_of_the_embedding():
    model = WTALC({'rgb': 5, 'flow': 4}, 3)
    assert model.embedding[0].weight.shape == (9, 9)
    assert model.embedding[2].p == 0.7
    assert list(model.head_modules()) == [model.classifier]


def test_video_scores_may_be_a_sigmoid(model, make_inputs):
    inputs, mask = make_inputs(LENGTHS)
    odds = model.predict(inputs, mask).video_scores.log()
    model.video_scores = 'sigmoid'
    found = model.predict(inputs, mask).video_scores.logit()
    torch.testing.assert_close(found - found[:, :1], odds - odds[:, :1])


def test_top_k_ratio_changes_the_scores_of_videos(model, make_inputs):
    inputs, mask = make_inputs(LENGTHS)
    before = model.predict(inputs, mask).video_scores
    model.top_k_ratio = 2.0
    assert not torch.allclose(model.predict(inputs, mask).video_scores, before)


@pytest.mark.parametrize('name', ['classification', 'co_activity'])
def test_a_loss_that_is_off_is_left_out(name, make_inputs, make_samples):
    inputs, mask = make_inputs(LENGTHS)
    model = WTALC({'rgb': 5, 'flow': 4}, 3, losses=LOSSES | {name: None}).double()
    losses = model(inputs, make_samples(LABELS), mask, mode='loss')
    assert len(losses) == 1


def test_a_video_without_a_label_adds_nothing(model, make_inputs, make_samples):
    inputs, mask = make_inputs(LENGTHS)
    losses = model(inputs, make_samples(LABELS, drawn=[0] * 4), mask, mode='loss')
    more_inputs, more_mask = make_inputs((*LENGTHS, 5))
    samples = make_samples((*LABELS, 0), drawn=[0] * 5)
    samples[-1].pseudo_label.zero_()
    for name, value in model(more_inputs, samples, more_mask, mode='loss').items():
        assert value.item() == pytest.approx(losses[name].item(), abs=1e-12)


@pytest.mark.parametrize(
    ('changes', 'message'),
    [
        ({'hidden_channels': 0}, 'hidden_channels=0'),
        ({'video_scores': 'max'}, "video_scores='max'"),
        ({'losses': {'center': {}}}, "losses='center'"),
        ({'losses': {'classification': None}}, 'all are off'),
    ],
)
def test_wrong_values_are_refused(changes, message):
    with pytest.raises(InputError, match=message):
        WTALC({'rgb': 5}, 3, **changes)
