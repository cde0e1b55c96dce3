"""3C-Net against Sec. 3 of the paper, written as loops over videos, snippets and classes."""

from __future__ import annotations

import math
import os
from datetime import timedelta

import pytest
import torch
import torch.distributed as dist
import torch.multiprocessing as mp

from mmacl.models import CountingLoss, ThreeCNet
from mmacl.models.localizers.three_c_net import pool_attended
from mmacl.utils import InputError

LENGTHS = (17, 1, 9, 24)
LABELS = ((0, 1), 1, 0, 2)


@pytest.fixture
def model(randomise):
    made = randomise(ThreeCNet({'rgb': 5, 'flow': 4}, 3, hidden_channels=6)).double().eval()
    for centers in made.centers.values():
        centers.values.normal_(generator=torch.Generator().manual_seed(3))
    return made


def labels_of(i):
    return (LABELS[i],) if isinstance(LABELS[i], int) else LABELS[i]


def embed(model, inputs, name, i, t):
    layer = model.embeddings[name][0]
    return (layer.weight @ inputs[name][i, t] + layer.bias).clamp(min=0)


def streams(model, inputs, i, length):
    """T-CAM of each stream, and the fused one, as lists of rows."""
    maps = {}
    for name in ('rgb', 'flow'):
        layer = model.classifiers[name]
        maps[name] = [layer.weight @ embed(model, inputs, name, i, t) + layer.bias for t in range(length)]
    weights = model.fusion.weight
    maps['fused'] = [weights[0] * r + weights[1] * f for r, f in zip(maps['rgb'], maps['flow'], strict=True)]
    return maps


def video_scores(cas):
    k = max(1, len(cas) // 8)
    return [sum(sorted((row[c].item() for row in cas), reverse=True)[:k]) / k for c in range(3)]


def cross_entropy(scores, labels):
    total = sum(math.exp(s) for s in scores)
    return sum(-math.log(math.exp(scores[c]) / total) / len(labels) for c in labels)


def attended(rows, cas, c):
    """Average the snippets whose attention is at least the mean, weighted by it."""
    weights = [math.exp(row[c].item()) for row in cas]
    weights = [w / sum(weights) for w in weights]
    kept = [w if w >= sum(weights) / len(weights) - 1e-12 else 0.0 for w in weights]
    return sum(w * row for w, row in zip(kept, rows, strict=True)) / sum(kept)


def test_losses_and_predictions_equal_the_paper_written_as_loops(model, make_inputs, make_samples):
    inputs, mask = make_inputs(LENGTHS, extra=3, padding=50.0)
    losses = model(inputs, make_samples(LABELS), mask, mode='loss')
    prediction = model.predict(inputs, mask)
    expected = dict.fromkeys(losses, 0.0)
    for i, length in enumerate(LENGTHS):
        maps = streams(model, inputs, i, length)
        for name, key in (('rgb', 'rgb.loss_cls'), ('flow', 'flow.loss_cls'), ('fused', 'loss_cls')):
            expected[key] += cross_entropy(video_scores(maps[name]), labels_of(i)) / len(LENGTHS)
        for name in ('rgb', 'flow'):
            rows = [embed(model, inputs, name, i, t) for t in range(length)]
            for c in labels_of(i):
                distance = (attended(rows, maps[name], c) - model.centers[name].values[c]).square().sum().item()
                expected[f'{name}.loss_center'] += 1e-3 * distance / sum(len(labels_of(j)) for j in range(4))
        for name, (class_map, scores) in (*prediction.streams.items(), ('fused', (prediction.class_map, None))):
            torch.testing.assert_close(class_map[i, :length], torch.stack(maps[name]))
            scores = prediction.video_scores if scores is None else scores
            torch.testing.assert_close(scores[i], torch.tensor(video_scores(maps[name])).double().softmax(dim=0))
    assert set(losses) == {f'{name}.loss_{term}' for name in ('rgb', 'flow') for term in ('cls', 'center')} | {
        'loss_cls'
    }
    for key, value in losses.items():
        assert value.item() == pytest.approx(expected[key], abs=1e-12), key
    assert prediction.actionness is None


def test_counting_loss_equals_the_paper_written_as_loops(model, make_inputs, make_samples):
    inputs, mask = make_inputs(LENGTHS, extra=3, padding=50.0)
    samples, expected = make_samples(LABELS), 0.0
    model.losses['counting'] = CountingLoss(0.7, 0.2)
    for i, length in enumerate(LENGTHS):
        counts = [3 + i if c in labels_of(i) else 0 for c in range(3)]
        samples[i].instance_counts = torch.tensor(counts)
        cas = streams(model, inputs, i, length)['fused']
        for c in range(3):
            weights = [math.exp(row[c].item()) for row in cas]
            m = sum(w / sum(weights) * row[c].item() for w, row in zip(weights, cas, strict=True))
            expected += abs(m - counts[c]) / counts[c] if counts[c] else 0.2 * abs(m)
    loss = model(inputs, samples, mask, mode='loss')['loss_count']
    assert loss.item() == pytest.approx(0.7 * expected / 4, abs=1e-12)


def test_without_counts_the_counting_loss_is_refused_in_one_line(make_inputs, make_samples):
    inputs, mask = make_inputs(LENGTHS)
    model = ThreeCNet({'rgb': 5, 'flow': 4}, 3, losses={'counting': {'type': 'CountingLoss'}}).double()
    with pytest.raises(InputError, match=r'losses\.counting needs the number of instances') as caught:
        model(inputs, make_samples(LABELS), mask, mode='loss')
    assert '\n' not in str(caught.value)


def test_constant_attention_averages_all_snippets():
    features, mask = torch.randn(1, 7, 3), torch.ones(1, 7, dtype=torch.bool)
    rows = pool_attended(features, torch.full((1, 7, 2), 0.3), mask, torch.tensor([[True, False]]))
    torch.testing.assert_close(rows, features.mean(dim=1))


def test_centers_move_in_training_alone(model, make_inputs, make_samples):
    inputs, mask = make_inputs(LENGTHS)
    before = {name: centers.values.clone() for name, centers in model.centers.items()}
    model(inputs, make_samples(LABELS), mask, mode='loss')
    assert all(torch.equal(model.centers[name].values, values) for name, values in before.items())
    labels = torch.tensor([[True, True, False], [False, True, False], [True, False, False], [False, False, True]])
    moved = {}
    for name in before:
        x = model.embeddings[name](inputs[name])
        rows = pool_attended(x, model.classifiers[name](x), mask, labels)
        centers = model.centers[name]
        centers.update(rows, labels.nonzero()[:, 1])
        moved[name] = centers.values.clone()
        centers.values.copy_(before[name])
    model.train()
    for embedding in model.embeddings.values():
        embedding[-1].p = 0.0
    model(inputs, make_samples(LABELS), mask, mode='loss')
    for name, values in moved.items():
        torch.testing.assert_close(model.centers[name].values, values)
        assert not torch.equal(values, before[name])


def train_half(rank: int, folder: str) -> None:
    """Compute the loss of half a batch, and save the centres that it leaves."""
    torch.set_num_threads(1)
    dist.init_process_group('gloo', f'file://{folder}/store', timedelta(seconds=60), rank=rank, world_size=2)
    model, inputs, samples, mask = torch.load(f'{folder}/case.pt', weights_only=False)
    half = slice(2 * rank, 2 * rank + 2)
    model({name: x[half] for name, x in inputs.items()}, samples[half], mask[half], mode='loss')
    torch.save(model.centers.state_dict(), f'{folder}/{rank}.pt')
    dist.barrier()
    os._exit(0)  # see tests/models/test_distributed.py


def test_two_processes_move_the_centers_as_one(make_inputs, make_samples, tmp_path):
    (inputs, mask), samples = make_inputs(LENGTHS), make_samples(LABELS)
    model = ThreeCNet({'rgb': 5, 'flow': 4}, 3, dropout=0.0).double().train()
    torch.save((model, inputs, samples, mask), tmp_path / 'case.pt')
    mp.start_processes(train_half, (str(tmp_path),), nprocs=2, start_method='fork')
    model(inputs, samples, mask, mode='loss')
    for rank in range(2):
        for name, values in torch.load(tmp_path / f'{rank}.pt').items():
            torch.testing.assert_close(values, model.centers.state_dict()[name])
            assert values.any()


def test_rate_of_the_centers_is_a_key(make_inputs, make_samples):
    inputs, mask = make_inputs(LENGTHS)
    model = ThreeCNet({'rgb': 5, 'flow': 4}, 3, center_rate=0.0).double().train()
    model(inputs, make_samples(LABELS), mask, mode='loss')
    assert not model.centers['rgb'].values.any()


def test_pooling_and_normalisation_of_the_scores_of_a_video_are_keys(model, make_inputs):
    inputs, mask = make_inputs(LENGTHS)
    softmax = model.predict(inputs, mask).video_scores
    model.video_scores = 'sigmoid'
    odds = model.predict(inputs, mask).video_scores.logit()
    torch.testing.assert_close(odds.softmax(dim=1), softmax)
    model.top_k_ratio = 2.0
    assert not torch.allclose(model.predict(inputs, mask).video_scores.logit(), odds)


def test_layers_widths_and_what_is_renewed():
    model = ThreeCNet({'rgb': 5, 'flow': 4}, 3)
    assert [layer.out_features for layer in (model.embeddings['rgb'][0], model.embeddings['flow'][0])] == [5, 4]
    assert model.embeddings['rgb'][-1].p == 0.7
    deep = ThreeCNet({'rgb': 5}, 3, hidden_channels=6, num_layers=2)
    widths = [(m.in_features, m.out_features) for m in deep.embeddings['rgb'] if isinstance(m, torch.nn.Linear)]
    assert widths == [(5, 6), (6, 6)]
    assert {id(m) for m in model.head_modules()} == {
        id(m) for m in (*model.classifiers.values(), *model.centers.values(), model.fusion)
    }
    assert torch.equal(model.fusion.weight, torch.ones(2, 3))


@pytest.mark.parametrize('name', ['classification', 'center'])
def test_a_loss_that_is_off_is_left_out(name, make_inputs, make_samples):
    inputs, mask = make_inputs(LENGTHS)
    losses = {'classification': {'type': 'VideoClassificationLoss'}, 'center': {'type': 'CenterLoss'}} | {name: None}
    found = ThreeCNet({'rgb': 5, 'flow': 4}, 3, losses=losses).double()(inputs, make_samples(LABELS), mask, mode='loss')
    assert found
    assert not any(key.endswith({'classification': 'cls', 'center': 'center'}[name]) for key in found)


@pytest.mark.parametrize(
    ('changes', 'message'),
    [
        ({'num_layers': 0}, 'num_layers=0'),
        ({'hidden_channels': 0}, 'hidden_channels=0'),
        ({'video_scores': 'max'}, "video_scores='max'"),
        ({'losses': {'norm': {}}}, "losses='norm'"),
    ],
)
def test_wrong_values_are_refused(changes, message):
    with pytest.raises(InputError, match=message):
        ThreeCNet({'rgb': 5}, 3, **changes)
