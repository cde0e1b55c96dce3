"""CoLA against its equations written as loops."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from scipy import ndimage

from mmacl.models import CoLA
from mmacl.models.localizers import VideoTargets
from mmacl.utils import InputError

LENGTHS = (40, 1, 25, 7)
LABELS = torch.tensor([[1, 0, 0], [0, 1, 1], [0, 0, 1], [1, 0, 1]], dtype=torch.bool)


def build(randomise, **arguments) -> CoLA:
    model = CoLA({'rgb': 5, 'flow': 4}, 3, embedding_channels=6, **{'easy_ratio': 5, 'hard_ratio': 10, **arguments})
    return randomise(model).double().eval()


def scores_by_loops(model: CoLA, features: dict[str, torch.Tensor], i: int) -> tuple[np.ndarray, np.ndarray]:
    """Embedding and class map of one video, convolution by convolution."""
    x = torch.cat([features['rgb'][i], features['flow'][i]], dim=1)[: LENGTHS[i]].numpy()
    weight, bias = model.network.embedding.weight.detach().numpy(), model.network.embedding.bias.detach().numpy()
    heads = model.network.classifier.weight.detach().numpy()[:, :, 0]
    embedding = np.zeros((len(x), len(bias)))
    for t in range(len(x)):
        for k in (-1, 0, 1):
            if 0 <= t + k < len(x):
                embedding[t] += weight[:, :, k + 1] @ x[t + k]
        embedding[t] = np.maximum(embedding[t] + bias, 0)
    return embedding, np.maximum(embedding @ heads.T, 0)


def test_predictions_equal_the_equations(randomise, make_inputs):
    model = build(randomise)
    features, mask = make_inputs(LENGTHS, extra=3, padding=50.0)
    found = model.predict(features, mask)
    plain = build(randomise, actionness='sum').predict(features, mask)
    for i, length in enumerate(LENGTHS):
        _, class_map = scores_by_loops(model, features, i)
        k = max(1, length // 5)
        logits = np.sort(class_map, axis=0)[::-1][:k].mean(axis=0)
        total = class_map.sum(axis=1)
        np.testing.assert_allclose(found.class_map[i, :length].detach(), class_map, atol=1e-12)
        np.testing.assert_allclose(found.video_scores[i].detach(), np.exp(logits) / np.exp(logits).sum(), atol=1e-12)
        np.testing.assert_allclose(found.actionness[i, :length].detach(), 1 / (1 + np.exp(-total)), atol=1e-12)
        np.testing.assert_allclose(plain.actionness[i, :length].detach(), total, atol=1e-12)


def test_losses_equal_the_equations(randomise, make_inputs):
    model = build(
        randomise,
        losses={
            'classification': {'type': 'VideoClassificationLoss', 'reduction': 'mean'},
            'contrast': {'type': 'SnippetContrastLoss', 'loss_weight': 1.0},
        },
    )
    features, mask = make_inputs(LENGTHS, extra=3, padding=50.0)
    waves = 2 * torch.sin(0.3 * torch.arange(mask.shape[1]))[:, None]  # runs of several snippets have borders
    features = {name: torch.where(mask[..., None], x + waves, x) for name, x in features.items()}
    targets = VideoTargets(LABELS, torch.full((4,), -1), torch.arange(4))
    classification = contrast = 0.0
    for i, length in enumerate(LENGTHS):
        embedding, class_map = scores_by_loops(model, features, i)
        logits = np.sort(class_map, axis=0)[::-1][: max(1, length // 5)].mean(axis=0)
        p = np.exp(logits) / np.exp(logits).sum()
        wanted = LABELS[i].numpy() / LABELS[i].sum().item()
        classification -= (wanted * np.log(p)).sum() / len(LENGTHS)
        for hard, easy, others in mined_by_loops(class_map.sum(axis=1)):
            if hard:
                contrast += (
                    info_nce_as_loops(embedding[hard].mean(axis=0), embedding[easy].mean(axis=0), embedding[others]) / 4
                )
    found = model.loss(features, mask, targets)
    assert set(found) == {'loss_cls', 'loss_contrast'}
    assert contrast > 0
    np.testing.assert_allclose(found['loss_cls'].item(), classification, rtol=1e-10)
    np.testing.assert_allclose(found['loss_contrast'].item(), contrast, rtol=1e-10)


def mined_by_loops(actionness: np.ndarray) -> list[tuple[list[int], list[int], list[int]]]:
    """Hard snippets, easy ones and negatives of actions, then of backgrounds."""
    length = len(actionness)
    easy, hard = max(1, length // 5), max(1, length // 10)
    best = sorted(range(length), key=lambda t: (-actionness[t], t))
    worst = sorted(range(length), key=lambda t: (actionness[t], t))
    active = actionness > np.median(actionness)
    of = {m: ndimage.binary_erosion(active, np.ones(m)) for m in (3, 6)}
    inner = of[3] & ~of[6]
    of = {m: ndimage.binary_dilation(active, np.ones(m)) for m in (3, 6)}
    outer = of[6] & ~of[3]
    actions, backgrounds = best[:easy], worst[:easy]
    hard_actions, hard_backgrounds = [t for t in best if inner[t]][:hard], [t for t in best if outer[t]][:hard]
    return [(hard_actions, actions, backgrounds), (hard_backgrounds, backgrounds, actions)]


def info_nce_as_loops(query: np.ndarray, key: np.ndarray, negatives: np.ndarray, tau: float = 0.07) -> float:
    def similarity(x: np.ndarray) -> float:
        return math.exp(query @ x / np.linalg.norm(query) / np.linalg.norm(x) / tau)

    return -math.log(similarity(key) / (similarity(key) + sum(similarity(n) for n in negatives)))


def test_mining_in_training_passes_over_candidates(randomise):
    model, mask = build(randomise, candidate_dropout=0.5), torch.ones(1, 200, dtype=torch.bool)
    actionness = torch.arange(200.0)[None]
    assert model.mine(actionness, mask).easy_actions[0].nonzero().flatten().tolist() == list(range(160, 200))
    mined = model.train().mine(actionness, mask)
    assert mined.easy_actions.sum() == mined.easy_backgrounds.sum() == 40
    assert not mined.easy_actions[0, 160:].all()
    assert not (mined.easy_actions & mined.easy_backgrounds).any()


def test_the_contrast_can_be_off_and_wrong_widths_are_refused(randomise, make_inputs):
    features, mask = make_inputs(LENGTHS)
    targets = VideoTargets(LABELS, torch.full((4,), -1), torch.arange(4))
    losses = {'classification': {'type': 'VideoClassificationLoss', 'reduction': 'mean'}, 'contrast': None}
    assert set(build(randomise, losses=losses).loss(features, mask, targets)) == {'loss_cls'}
    with pytest.raises(InputError, match='narrow_width=7 is above wide_width=6'):
        build(randomise, narrow_width=7)
