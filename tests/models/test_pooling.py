from __future__ import annotations

import pytest
import torch

from mmacl.models import masked_softmax, pool_action_and_background, pool_snippets


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
def test_padding_changes_nothing(assert_blind_to_padding, which):
    assert_blind_to_padding(
        lambda x, mask: pool_action_and_background(x, x[..., 0], mask)[which], width=3, per_snippet=False
    )
