"""UM against its equations written as loops."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from mmacl.models import UM
from mmacl.models.localizers import VideoTargets
from mmacl.utils import InputError

LENGTHS = (20, 1, 13, 7)
LABELS = torch.tensor([[1, 0, 0], [0, 1, 1], [0, 0, 1], [1, 0, 1]], dtype=torch.bool)
TARGETS = VideoTargets(LABELS, torch.full((4,), -1), torch.arange(4))
MARGIN = 1.2


def build(randomise, **arguments) -> UM:
    model = UM({'rgb': 5, 'flow': 4}, 3, embedding_channels=6, margin=MARGIN, **arguments)
    return randomise(model).double().eval()


def softmax(x: np.ndarray) -> np.ndarray:
    return np.exp(x) / np.exp(x).sum(axis=-1, keepdims=True)


def encode(model: UM, features: dict[str, torch.Tensor], i: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Embedding, its length and the class scores of one video, alone and without padding."""
    x = torch.cat([features['rgb'][i], features['flow'][i]], dim=1)[None, : LENGTHS[i]]
    with torch.no_grad():
        embedding, logits = model.network(x, torch.ones(x.shape[:2], dtype=torch.bool))
    f = embedding[0].numpy()
    return f, np.array([np.sqrt((row * row).sum()) for row in f]), logits[0].numpy()


def test_predictions_equal_the_equations(randomise, make_inputs):
    model = build(randomise)
    features, mask = make_inputs(LENGTHS, extra=3, padding=50.0)
    found = model.predict(features, mask)
    for i, length in enumerate(LENGTHS):
        _, magnitudes, logits = encode(model, features, i)
        is_action = np.array([min(MARGIN, m) / MARGIN for m in magnitudes])
        pooled = np.sort(logits, axis=0)[::-1][: max(1, length // 9)].mean(axis=0)
        np.testing.assert_allclose(found.actionness[i, :length].detach(), is_action, atol=1e-12)
        expected = [[p * a for p in softmax(row)] for row, a in zip(logits, is_action, strict=True)]
        np.testing.assert_allclose(found.class_map[i, :length].detach(), expected, atol=1e-12)
        np.testing.assert_allclose(found.video_scores[i].detach(), softmax(pooled), atol=1e-12)
    assert (found.actionness[mask] == 1).any()
    assert (found.actionness[mask] < 1).any()


def test_losses_equal_the_equations(randomise, make_inputs):
    model = build(randomise)
    features, mask = make_inputs(LENGTHS, extra=3, padding=50.0)
    classification = magnitude = entropy = 0.0
    for i, length in enumerate(LENGTHS):
        f, magnitudes, logits = encode(model, features, i)
        num_actions, num_backgrounds = max(1, length // 9), max(1, length // 4)
        order = sorted(range(length), key=lambda t, m=magnitudes: (-m[t], t))
        actions, backgrounds = order[:num_actions], order[::-1][:num_backgrounds]
        pooled = np.sort(logits, axis=0)[::-1][:num_actions].mean(axis=0)
        wanted = LABELS[i].numpy() / LABELS[i].sum().item()
        classification -= (wanted * np.log(softmax(pooled))).sum() / 4
        a, b = np.linalg.norm(f[actions].mean(axis=0)), np.linalg.norm(f[backgrounds].mean(axis=0))
        magnitude += 5e-4 * (max(0.0, MARGIN - a) + b) ** 2 / 4
        entropy -= np.log(softmax(logits[backgrounds].mean(axis=0))).sum() / (4 * 3)
    found = {name: value.item() for name, value in model.loss(features, mask, TARGETS).items()}
    expected = {'loss_cls': classification, 'loss_magnitude': magnitude, 'loss_entropy': entropy}
    assert found == pytest.approx(expected, rel=1e-10)


def test_a_training_step_passes_over_candidates(randomise, make_inputs):
    features, mask = make_inputs((200,))
    whole = build(randomise, dropout=0.0, candidate_dropout=0.0).train().loss(features, mask, _one())
    part = build(randomise, dropout=0.0, candidate_dropout=0.7).train().loss(features, mask, _one())
    assert part['loss_cls'] == whole['loss_cls']
    assert part['loss_magnitude'] > whole['loss_magnitude']  # shorter actions, longer backgrounds


def _one() -> VideoTargets:
    return VideoTargets(LABELS[:1], torch.tensor([0]), torch.arange(1))


def test_the_margin_reaches_the_loss_and_terms_can_be_off(randomise, make_inputs):
    features, mask = make_inputs(LENGTHS)
    assert build(randomise).losses['magnitude'].margin == MARGIN
    losses = {'classification': {'type': 'VideoClassificationLoss'}, 'magnitude': None, 'entropy': None}
    assert set(build(randomise, losses=losses).loss(features, mask, TARGETS)) == {'loss_cls'}
    with pytest.raises(InputError, match='margin=0 is not positive'):
        UM({'rgb': 5}, 3, margin=0)
