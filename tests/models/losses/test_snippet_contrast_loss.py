"""The SniCo loss of CoLA against its equation as loops."""

from __future__ import annotations

import math

import pytest
import torch

from mmacl.models.losses import SnippetContrastLoss
from mmacl.utils import InputError

KINDS = ('easy_actions', 'easy_backgrounds', 'hard_actions', 'hard_backgrounds')


def draw(videos: int = 4, snippets: int = 9) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    generator = torch.Generator().manual_seed(3)
    features = torch.randn(videos, snippets, 5, generator=generator, dtype=torch.float64)
    chosen = {kind: torch.rand(videos, snippets, generator=generator) < 0.4 for kind in KINDS}
    chosen['hard_actions'][1] = False  # a video without a border
    return features.requires_grad_(), chosen


def cosine(x: torch.Tensor, y: torch.Tensor) -> float:
    return (x @ y / x.norm() / y.norm()).item()


def by_loops(features: torch.Tensor, chosen: dict[str, torch.Tensor], tau: float) -> float:
    total = 0.0
    for i, snippets in enumerate(features):
        of = {kind: [snippets[t] for t in range(len(snippets)) if chosen[kind][i, t]] for kind in KINDS}
        for hard, easy, other in (
            ('hard_actions', 'easy_actions', 'easy_backgrounds'),
            ('hard_backgrounds', 'easy_backgrounds', 'easy_actions'),
        ):
            if not of[hard]:
                continue
            query, key = sum(of[hard]) / len(of[hard]), sum(of[easy]) / len(of[easy])
            positive = math.exp(cosine(query, key) / tau)
            negative = sum(math.exp(cosine(query, n) / tau) for n in of[other])
            total -= math.log(positive / (positive + negative))
    return total / len(features)


def test_equals_the_equations_written_as_loops():
    features, chosen = draw()
    found = SnippetContrastLoss(temperature=0.3, loss_weight=2.0)(features, **chosen)
    torch.testing.assert_close(found.item(), 2 * by_loops(features.detach(), chosen, 0.3), rtol=1e-12, atol=0)


def test_snippets_that_are_not_chosen_change_nothing():
    features, chosen = draw()
    loss = SnippetContrastLoss()
    idle = ~torch.stack(list(chosen.values())).any(dim=0)
    assert idle.any()
    changed = torch.where(idle[..., None], torch.full_like(features, 50.0), features)
    torch.testing.assert_close(loss(changed, **chosen), loss(features, **chosen))


def test_without_hard_snippets_it_is_exactly_0():
    features, chosen = draw()
    nothing = torch.zeros_like(chosen['hard_actions'])
    loss = SnippetContrastLoss()(features, **{**chosen, 'hard_actions': nothing, 'hard_backgrounds': nothing})
    loss.backward()
    assert loss.item() == 0
    assert not features.grad.any()


def test_zero_vectors_keep_gradients_finite():
    features, chosen = draw()
    zeros = torch.zeros_like(features).requires_grad_()
    SnippetContrastLoss()(zeros, **chosen).backward()
    assert zeros.grad.isfinite().all()
    assert zeros.grad.abs().max() < 10


def test_a_temperature_of_0_is_refused():
    with pytest.raises(InputError, match='not positive'):
        SnippetContrastLoss(temperature=0.0)
