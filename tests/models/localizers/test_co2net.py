"""CO2-Net against its equations written as plain loops."""

from __future__ import annotations

import math

import pytest
import torch

from mmacl.models import CO2Net
from mmacl.utils import InputError

LENGTHS = (6, 1, 3)
LABELS = (0, (1, 2), 2)
WIDTHS = {'rgb': 5, 'flow': 4}


@pytest.fixture
def make_co2_net(randomise):
    def make(**kwargs):
        return randomise(CO2Net(WIDTHS, 3, hidden_channels=6, attention_channels=7, **kwargs)).double().eval()

    return make


def sigmoid(value):
    return 1 / (1 + math.exp(-value))


def softmax(values):
    exps = [math.exp(v) for v in values]
    return [e / sum(exps) for e in exps]


def leaky(value):
    return value if value > 0 else 0.2 * value


def dot(x, y):
    return sum(a * b for a, b in zip(x, y, strict=True))


def layer(module, x, activate=leaky):
    """A convolution over time, or a linear layer, then an activation: x[t][d]."""
    weight = module.weight.unsqueeze(-1) if module.weight.ndim == 2 else module.weight
    taps = weight.shape[-1]
    nothing = [[0.0] * len(x[0])] * (taps // 2)
    padded = [*nothing, *x, *nothing]
    rows = weight.permute(0, 2, 1).tolist()  # of each channel, by tap
    return [
        [activate(sum(dot(row[i], padded[t + i]) for i in range(taps)) + b) for row, b in zip(rows, bias, strict=True)]
        for bias in [module.bias.tolist()]
        for t in range(len(x))
    ]


def plain_consensus(module, main, auxiliary):
    """Gate the main modality by its global context and the local focus of the auxiliary one, and attend to it."""
    mean = [sum(column) / len(main) for column in zip(*main, strict=True)]
    (context,) = layer(module.context[0], [mean])
    focus = layer(module.focus, auxiliary)
    gated = [
        [sigmoid(c * f) * x for c, f, x in zip(context, local, snippet, strict=True)]
        for local, snippet in zip(focus, main, strict=True)
    ]
    hidden = layer(module.hidden[1], layer(module.hidden[0], gated))
    return gated, [row[0] for row in layer(module.attention, hidden, sigmoid)]


def plain_network(model, rgb, flow):
    """Attention of each modality, and the CAS."""
    gated_rgb, attention_rgb = plain_consensus(model.consensus[0], rgb, flow)
    gated_flow, attention_flow = plain_consensus(model.consensus[1], flow, rgb)
    fused = layer(model.fusion, [[*a, *b] for a, b in zip(gated_rgb, gated_flow, strict=True)])
    return attention_rgb, attention_flow, layer(model.classifier, layer(model.hidden, fused), float), fused


def top_mean(column, ratio):
    count = max(1, int(len(column) / ratio))
    return sum(sorted(column)[-count:]) / count


def cross_entropy(rows, targets, ratio):
    """Of the top-k means of each class, with the label vector normalised to a sum of one."""
    probabilities = softmax([top_mean(column, ratio) for column in zip(*rows, strict=True)])
    return -sum(math.log(p) * t / sum(targets) for p, t in zip(probabilities, targets, strict=True))


def videos(inputs, lengths=LENGTHS):
    for i, length in enumerate(lengths):
        yield inputs['rgb'][i, :length].tolist(), inputs['flow'][i, :length].tolist()


def test_losses_are_those_of_the_paper(make_co2_net, make_inputs, make_samples):
    weights = {'norm_weight': 0.3, 'opposite_weight': 0.4, 'mutual_weight': 0.5, 'similarity_weight': 0.6}
    model = make_co2_net(top_ratio=2, **weights)
    inputs, mask = make_inputs(LENGTHS, extra=2, padding=50.0)
    losses = model(inputs, make_samples(LABELS), mask, mode='loss')
    expected = dict.fromkeys(['loss_cls', 'loss_supp', 'loss_norm', 'loss_opposite', 'loss_mutual'], 0.0)
    pooled = []
    for label, (rgb, flow) in zip(LABELS, videos(inputs), strict=True):
        first, second, cas, fused = plain_network(model, rgb, flow)
        length = len(cas)
        labels = {label} if isinstance(label, int) else set(label)
        hot = [float(c in labels) for c in range(3)]
        attention = [(a + b) / 2 for a, b in zip(first, second, strict=True)]
        suppressed = [[min(row) + a * (v - min(row)) for v in row] for a, row in zip(attention, cas, strict=True)]
        expected['loss_cls'] += cross_entropy(cas, [*hot, 1.0], 2) / 3
        expected['loss_supp'] += cross_entropy(suppressed, [*hot, 0.0], 2) / 3
        for t, row in enumerate(cas):
            background = softmax(row)[-1]
            for a in (first[t], second[t], attention[t]):
                expected['loss_norm'] += 0.3 * a / length / 9
                expected['loss_opposite'] += 0.4 * abs(1 - a - background) / length / 9
            expected['loss_mutual'] += 0.5 * (first[t] - second[t]) ** 2 / length / 3
        pooled.append((fused, suppressed, length))
    # Videos 1 and 2 share class 2: one pair, each half of the loss.
    high, low = [], []
    for fused, suppressed, length in pooled[1:]:
        a = softmax([row[2] for row in suppressed])
        high.append([dot(a, column) for column in zip(*fused, strict=True)])
        low.append([dot([(1 - x) / max(length - 1, 1) for x in a], c) for c in zip(*fused, strict=True)])

    def distance(x, y):
        sizes = math.hypot(*x) * math.hypot(*y)
        return 1 - (dot(x, y) / sizes if sizes > 1e-8 else 0)

    expected['loss_sim'] = 0.6 * sum(
        max(0, distance(*high) - distance(high[i], low[1 - i]) + 0.5) / 2 for i in range(2)
    )
    assert set(losses) == set(expected)
    assert {name: value.item() for name, value in losses.items()} == pytest.approx(expected)


def test_each_attention_learns_from_the_other_held_fixed(make_co2_net, make_inputs, make_samples):
    model = make_co2_net()
    inputs, mask = make_inputs((4, 3))
    attention = model.raw_output(inputs, mask).stream_attention.detach()
    distance = (attention[0] - attention[1])[mask]
    found = []
    for i in range(2):
        bias = model.consensus[i].attention.bias
        (gradient,) = torch.autograd.grad(model(inputs, make_samples((0, 1)), mask, mode='loss')['loss_mutual'], bias)
        a = attention[i][mask]
        # Of half the square, where the other is a constant; averaged over time, then over videos.
        slope = (-1) ** i * distance * a * (1 - a)
        expected = (slope[:4].mean() + slope[4:].mean()) / 2
        torch.testing.assert_close(gradient, expected[None])
        found.append(gradient)
    assert all(gradient.abs() > 0 for gradient in found)


def test_predicts_the_suppressed_cas(make_co2_net, make_inputs):
    model = make_co2_net(score_ratio=2)
    inputs, mask = make_inputs((4,))
    found = model.predict(inputs, mask)
    ((rgb, flow),) = videos(inputs, (4,))
    first, second, cas, _ = plain_network(model, rgb, flow)
    attention = [(a + b) / 2 for a, b in zip(first, second, strict=True)]
    assert found.actionness[0].tolist() == pytest.approx(attention)
    scaled = [[a * v for v in row] for a, row in zip(attention, cas, strict=True)]
    for t in range(4):
        assert found.class_map[0, t].tolist() == pytest.approx(scaled[t][:3])
    expected = softmax([top_mean(column, 2) for column in zip(*scaled, strict=True)])
    assert found.video_scores[0].tolist() == pytest.approx(expected[:3])


def test_smoothing_averages_over_time_and_counts_what_is_outside_as_zero(make_co2_net, make_inputs):
    rough, smooth = make_co2_net(), make_co2_net(smoothing=3)
    inputs, mask = make_inputs((5,), extra=3, padding=50.0)
    before, after = rough.raw_output(inputs, mask), smooth.raw_output(inputs, mask)
    for name in ('class_logits', 'attention'):
        x, found = getattr(before, name)[0, :5], getattr(after, name)[0, :5]
        x = torch.cat([torch.zeros_like(x[:1]), x, torch.zeros_like(x[:1])])
        torch.testing.assert_close(found, (x[:-2] + x[1:-1] + x[2:]) / 3)


@pytest.mark.parametrize(
    ('modalities', 'message'),
    [({'rgb': 5}, 'in_channels names 1'), ({'rgb': 5, 'flow': 4, 'audio': 3}, 'in_channels names 3')],
)
def test_refuses_other_numbers_of_modalities(modalities, message):
    with pytest.raises(InputError, match=message):
        CO2Net(modalities, 3)


def test_refuses_an_even_smoothing(make_co2_net):
    with pytest.raises(InputError, match='even'):
        make_co2_net(smoothing=4)
