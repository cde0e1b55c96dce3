from __future__ import annotations

import math

import pytest
import torch

from mmacl.models import (
    ATTENTIONS,
    count_top,
    masked_mean,
    masked_softmax,
    normalize_attention,
    pool_action_and_background,
    pool_labelled_classes,
    pool_snippets,
    score_videos,
    top_k_mean,
)
from mmacl.models.pooling import represent_on_device
from mmacl.structures import video_representation


@pytest.mark.parametrize('columns', [None, 3])
def test_softmax_over_real_snippets_as_loops(make_batch, columns):
    logits, mask = make_batch([4, 1, 2], columns or 1, extra=2, padding=50.0)
    if columns is None:
        logits = logits[..., 0]
    result = masked_softmax(logits, mask)
    for b, length in enumerate([4, 1, 2]):
        for c in range(columns or 1):
            column = logits[b] if columns is None else logits[b, :, c]
            total = sum(math.exp(column[t]) for t in range(length))
            for t in range(logits.shape[1]):
                expected = math.exp(column[t]) / total if t < length else 0.0
                found = result[b, t] if columns is None else result[b, t, c]
                assert found.item() == pytest.approx(expected, abs=1e-14)


def test_video_of_padding_alone_gives_zeros_and_no_gradient():
    logits = torch.randn(2, 3, requires_grad=True)
    mask = torch.tensor([[True, True, False], [False, False, False]])
    attention = masked_softmax(logits, mask)
    assert not attention[1].any()
    attention.square().sum().backward()
    assert torch.isfinite(logits.grad).all()
    assert not logits.grad[1].any()


def test_kinds_of_attention():
    logits = torch.tensor([[-1.0, 2.0, 30.0]])
    mask = torch.tensor([[True, True, False]])
    assert normalize_attention(logits, mask, 'raw').tolist() == [[-1.0, 2.0, 0.0]]
    expected = [1 / (1 + math.exp(1)), 1 / (1 + math.exp(-2)), 0.0]
    assert normalize_attention(logits, mask, 'sigmoid')[0].tolist() == pytest.approx(expected)
    torch.testing.assert_close(normalize_attention(logits, mask), masked_softmax(logits, mask))


@pytest.mark.parametrize('kind', ATTENTIONS)
def test_padding_changes_no_attention(assert_blind_to_padding, kind):
    assert_blind_to_padding(lambda x, mask: normalize_attention(x[..., 0], mask, kind), width=1)


def test_half_precision_is_widened():
    logits = torch.randn(1, 4).half()
    assert normalize_attention(logits, torch.ones(1, 4, dtype=torch.bool)).dtype == torch.float32


def test_weighted_sum_as_loops(make_batch):
    x, mask = make_batch([3, 2], 4)
    weights = torch.randn(2, 3).double() * mask
    pooled = pool_snippets(x, weights)
    for b in range(2):
        for d in range(4):
            assert pooled[b, d].item() == pytest.approx(sum((x[b, t, d] * weights[b, t]).item() for t in range(3)))


def test_equals_eq_3_and_4_written_as_loops(make_batch):
    lengths = [5, 2, 3]
    x, mask = make_batch(lengths, 4, extra=1, padding=9.0)
    logits = torch.randn(3, 6).double()
    actions, backgrounds = pool_action_and_background(x, logits, mask)
    attention = masked_softmax(logits, mask)
    for b, length in enumerate(lengths):
        for d in range(4):
            action = sum((x[b, t, d] * attention[b, t]).item() for t in range(length))
            background = sum((x[b, t, d] * (1 - attention[b, t])).item() for t in range(length)) / (length - 1)
            assert actions[b, d].item() == pytest.approx(action)
            assert backgrounds[b, d].item() == pytest.approx(background)


def test_one_snippet_is_all_action_and_no_background():
    x = torch.randn(1, 1, 4, requires_grad=True)
    logits = torch.randn(1, 1, requires_grad=True)
    action, background = pool_action_and_background(x, logits, torch.ones(1, 1, dtype=torch.bool))
    torch.testing.assert_close(action, x[:, 0])
    assert not background.any()
    (action.sum() + background.sum()).backward()
    torch.testing.assert_close(x.grad, torch.ones_like(x))
    assert torch.isfinite(logits.grad).all()


@pytest.mark.parametrize('which', [0, 1])
def test_padding_changes_no_pooled_feature(assert_blind_to_padding, which):
    assert_blind_to_padding(
        lambda x, mask: pool_action_and_background(x, x[..., 0], mask)[which], width=3, per_snippet=False
    )


@pytest.mark.parametrize('columns', [None, 3])
def test_mean_of_the_largest_values_as_loops(make_batch, columns):
    lengths = [7, 1, 4, 12]
    values, mask = make_batch(lengths, columns or 1, extra=2, padding=50.0)
    if columns is None:
        values = values[..., 0]
    counts = count_top(mask, 3)
    assert counts.tolist() == [2, 1, 1, 4]
    pooled, average = top_k_mean(values, mask, counts), masked_mean(values, mask)
    for b, length in enumerate(lengths):
        for c in range(columns or 1):
            column = [float(values[b, t] if columns is None else values[b, t, c]) for t in range(length)]
            k = max(1, length // 3)
            found, mean = (pooled[b], average[b]) if columns is None else (pooled[b, c], average[b, c])
            assert found.item() == pytest.approx(sum(sorted(column)[-k:]) / k, abs=1e-12)
            assert mean.item() == pytest.approx(sum(column) / length, abs=1e-12)


def test_counts_beyond_the_video_take_all_of_it_and_padding_gets_no_gradient():
    values = torch.randn(2, 4, 2, dtype=torch.float64, requires_grad=True)
    mask = torch.tensor([[True, True, True, False], [False] * 4])
    pooled = top_k_mean(values, mask, torch.tensor([9, 9]))
    torch.testing.assert_close(pooled[0], values[0, :3].mean(dim=0))
    assert not pooled[1].any()
    pooled.square().sum().backward()
    assert torch.isfinite(values.grad).all()
    assert not values.grad[~mask].any()


def test_pooled_classes_of_each_video_as_loops():
    features, weights = torch.randn(3, 4, 5).double(), torch.rand(3, 4, 2).double()
    labels = torch.tensor([[True, True], [False, False], [False, True]])
    rows = pool_labelled_classes(features, weights, labels)
    expected = [sum(weights[b, t, c] * features[b, t] for t in range(4)) for b, c in ((0, 0), (0, 1), (2, 1))]
    torch.testing.assert_close(rows, torch.stack(expected))
    assert pool_labelled_classes(features, weights, labels & False).shape == (0, 5)


def test_scores_of_videos():
    logits = torch.tensor([[0.0, 1.0], [-3.0, 2.0]])
    torch.testing.assert_close(score_videos(logits), logits.exp() / logits.exp().sum(dim=1, keepdim=True))
    torch.testing.assert_close(score_videos(logits, 'sigmoid'), 1 / (1 + (-logits).exp()))


def test_representations_of_a_batch_are_those_of_its_videos():
    generator = torch.Generator().manual_seed(0)
    lengths = [4, 1, 7]
    mask = torch.arange(9) < torch.tensor(lengths)[:, None]
    features = {name: torch.rand(3, 9, width, generator=generator) for name, width in (('rgb', 5), ('flow', 3))}
    features['flow'][1] = 0  # a stream without a direction stays 0
    weights = {name: torch.rand(3, 9, generator=generator) for name in features}
    found = represent_on_device(features, weights, mask)
    for i, length in enumerate(lengths):
        alone = video_representation(
            {name: x[i, :length].numpy() for name, x in features.items()},
            {name: w[i, :length].numpy() for name, w in weights.items()},
        )
        torch.testing.assert_close(found[i], torch.from_numpy(alone), rtol=1e-12, atol=1e-14)
