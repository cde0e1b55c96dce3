"""AutoLoc against its equations written as plain loops."""

from __future__ import annotations

import math

import pytest
import torch

from mmacl.models import AnchorHead, AutoLoc
from mmacl.models.localizers import TrainingProgress
from mmacl.structures import temporal_iou
from mmacl.utils import InputError
from tests.models.losses.test_outer_inner_contrast import plain_contrast

LENGTHS = (12, 1, 7)
LABELS = (0, (1, 2), 2)
WIDTHS = {'rgb': 5, 'flow': 4}
ANCHORS = (1, 3)


@pytest.fixture
def make_autoloc(randomise):
    def make(**kwargs):
        config = {'anchors': ANCHORS, 'hidden_channels': 6, 'localization_start': 0.0, 'foreground_threshold': 0.2}
        config['dropout'] = 0.0
        return randomise(AutoLoc(WIDTHS, 3, **{**config, **kwargs})).double()

    return make


@pytest.fixture
def batch(make_inputs):
    return make_inputs(LENGTHS, extra=2, padding=50.0)


def dot(x, y):
    return sum(a * b for a, b in zip(x, y, strict=True))


def softmax(values):
    top = [math.exp(v - max(values)) for v in values]
    return [v / sum(top) for v in top]


def plain_stream(model, name, video):
    """UntrimmedNet: probabilities of snippets, which are attended, attention, probabilities of the video."""
    classifier, head = model.classifiers[name], model.attention[name].fc
    weight, bias = classifier.weight.tolist(), classifier.bias.tolist()
    probabilities = [softmax([dot(w, x) + b for w, b in zip(weight, bias, strict=True)]) for x in video]
    logits = [dot(head.weight[0].tolist(), x) + head.bias.item() for x in video]
    attention = softmax(logits)
    attended = [float(logit - sum(logits) / len(logits) > model.attention_threshold - 1e-9) for logit in logits]
    return probabilities, attended, attention, [dot(attention, column) for column in zip(*probabilities, strict=True)]


def plain_classification(model, videos):
    """Fused activations, attention and scores of the video."""
    streams = [plain_stream(model, name, video) for name, video in videos.items()]
    length = len(streams[0][0])
    share = [sum(s[1][t] for s in streams) / 2 for t in range(length)]
    activations = [[share[t] * sum(s[0][t][c] for s in streams) / 2 for c in range(3)] for t in range(length)]
    attention = [sum(s[2][t] for s in streams) / 2 for t in range(length)]
    return activations, attention, [sum(s[3][c] for s in streams) / 2 for c in range(3)]


def candidates(model, segments, activations, length, c, foreground=0.2, least=-0.4):
    """Snippets in the foreground, each with its best anchor: (contrast, start, end, snippet)."""
    scores = [row[c] for row in activations]
    found = []
    for t in range(length):
        best = max((plain_contrast(scores, length, *segments[t][m].tolist()), -m) for m in range(len(ANCHORS)))
        start, end = (min(max(x, 0.0), length) for x in segments[t][-best[1]].tolist())
        if scores[t] > foreground and best[0] > least:
            found.append((best[0], start, end, t))
    return found


def suppress(found, threshold=0.4):
    left, kept = sorted(found, key=lambda row: (-row[0], row[3])), []
    while left:
        best, *left = left
        kept.append(best)
        left = [row for row in left if not temporal_iou(best[1:3], row[1:3])[0, 0] > threshold]
    return kept


def videos_of(inputs):
    for i, length in enumerate(LENGTHS):
        yield i, length, {name: x[i, :length].tolist() for name, x in inputs.items()}


def test_anchors_are_moved_and_stretched(make_autoloc, batch):
    model = make_autoloc()
    inputs, mask = batch
    whole = torch.cat(list(inputs.values()), dim=-1)
    for i, length in enumerate(LENGTHS):
        found = model.regression(whole, mask)[i, :length]
        hidden = whole[i : i + 1, :length]
        for conv in model.regression.convs:
            hidden = conv(hidden, torch.ones(1, length, dtype=torch.bool))
        numbers = model.regression.fc(hidden)[0].tolist()
        for t in range(length):
            for m, anchor in enumerate(ANCHORS):
                centre = t + 0.5 + anchor * numbers[t][m]
                half = anchor * math.exp(numbers[t][len(ANCHORS) + m]) / 2
                assert found[t, m].tolist() == pytest.approx([centre - half, centre + half], abs=1e-9)


def test_segments_start_as_the_anchors():
    head = AnchorHead(5, (2, 8))
    segments = head(torch.rand(1, 30, 5), torch.ones(1, 30, dtype=torch.bool)).detach()[0]
    lengths = segments[..., 1] - segments[..., 0]
    torch.testing.assert_close(lengths, torch.tensor([2.0, 8.0]).expand(30, 2), rtol=0.5, atol=0)
    torch.testing.assert_close(segments.mean(dim=-1)[:, 0], torch.arange(30) + 0.5, rtol=0, atol=0.5)


@pytest.mark.parametrize('iou', [0.4, 0.05, None])
def test_losses_are_those_of_the_paper(make_autoloc, batch, make_samples, iou):
    nms = None if iou is None else {'type': 'TemporalNMS', 'iou_threshold': iou}
    model = make_autoloc(selection_nms=nms, localization_weight=2.0)
    inputs, mask = batch
    losses = model(inputs, make_samples(LABELS), mask, mode='loss')
    entropy, oic = {'rgb': 0.0, 'flow': 0.0}, []
    segments = model.regression(torch.cat(list(inputs.values()), dim=-1), mask)
    for i, length, videos in videos_of(inputs):
        activations, *_ = plain_classification(model, videos)
        labels = [LABELS[i]] if isinstance(LABELS[i], int) else LABELS[i]
        for name, video in videos.items():
            scores = plain_stream(model, name, video)[3]
            entropy[name] -= sum(math.log(scores[c]) / len(labels) for c in labels) / len(LENGTHS)
        terms = []
        for c in labels:
            found = candidates(model, segments[i], activations, length, c)
            terms += [row[0] for row in (found if iou is None else suppress(found, iou))]
        if terms:
            oic.append(-sum(terms) / len(terms))
    assert oic
    for name, value in entropy.items():
        assert losses[f'{name}.loss_cls'].item() == pytest.approx(value, abs=1e-9)
    assert losses['loss_oic'].item() == pytest.approx(2 * sum(oic) / len(oic), abs=1e-9)


def test_predicts_what_the_loops_find(make_autoloc, batch):
    model = make_autoloc().eval()
    inputs, mask = batch
    prediction = model.predict(inputs, mask)
    segments = model.regression(torch.cat(list(inputs.values()), dim=-1), mask)
    for i, length, videos in videos_of(inputs):
        activations, attention, scores = plain_classification(model, videos)
        expected = torch.tensor(activations, dtype=torch.float64)
        torch.testing.assert_close(prediction.class_map[i, :length], expected)
        assert prediction.actionness[i, :length].tolist() == pytest.approx(attention, abs=1e-12)
        assert prediction.video_scores[i].tolist() == pytest.approx(scores, abs=1e-12)
        expected = [
            (c, start, end, contrast)
            for c in range(3)
            for contrast, start, end, _ in candidates(model, segments[i], activations, length, c)
        ]
        found = prediction.proposals[i]
        rows = zip(found.columns.tolist(), *found.segments.T.tolist(), found.scores.tolist(), strict=True)
        assert [pytest.approx(row, abs=1e-9) for row in rows] == expected
    assert not prediction.class_map[~mask].any()
    assert sum(map(len, prediction.proposals)) > 3


def test_equal_attention_passes(make_autoloc, batch):
    model = make_autoloc()
    attention = torch.full((1, 7), 1 / 7)
    assert model._attended(attention, torch.ones(1, 7, dtype=torch.bool)).all()


def test_a_video_has_the_same_segments_alone(make_autoloc, batch):
    model = make_autoloc().eval()
    inputs, mask = batch
    together = model.predict(inputs, mask).proposals
    for i, length in enumerate(LENGTHS):
        alone = {name: x[i : i + 1, :length] for name, x in inputs.items()}
        found = model.predict(alone, mask[i : i + 1, :length]).proposals[0]
        assert found.columns.tolist() == together[i].columns.tolist()
        torch.testing.assert_close(torch.tensor(found.segments), torch.tensor(together[i].segments))


@pytest.mark.parametrize(('step', 'trains'), [(0, False), (49, False), (50, True), (99, True)])
def test_the_regression_trains_from_its_share_of_a_round_on(make_autoloc, batch, make_samples, step, trains):
    model = make_autoloc(localization_start=0.5)
    model.progress = TrainingProgress(2, step, 100)
    inputs, mask = batch
    losses = model(inputs, make_samples(LABELS), mask, mode='loss')
    sum(losses.values()).backward()
    assert bool(model.regression.fc.weight.grad.any()) == trains
    assert bool(model.regression.convs[0].weight.grad.any()) == trains
    assert (losses['loss_oic'] != 0) == trains


def test_the_localization_loss_trains_the_regression_only(make_autoloc, batch, make_samples):
    model = make_autoloc()
    inputs, mask = batch
    model(inputs, make_samples(LABELS), mask, mode='loss')['loss_oic'].backward()
    trained = {name.split('.')[0] for name, parameter in model.named_parameters() if parameter.grad is not None}
    assert trained == {'regression'}


def test_activations_are_masked_by_the_attention_of_each_stream(make_autoloc, batch):
    inputs, mask = batch
    for threshold, expected in ((-math.inf, 1.0), (1e9, 0.0)):
        model = make_autoloc(attention_threshold=threshold).eval()
        torch.testing.assert_close(
            model.predict(inputs, mask).class_map[mask].sum(dim=-1), torch.full((20,), expected, dtype=torch.float64)
        )


@pytest.mark.parametrize(
    ('config', 'names'),
    [({'anchors': ()}, r'anchors=\[\]'), ({'anchors': (4, 0)}, r'\[4, 0\]'), ({'localization_start': 2}, 'start=2')],
)
def test_bad_values_are_refused(config, names):
    with pytest.raises(InputError, match=names):
        AutoLoc(WIDTHS, 3, **config)
