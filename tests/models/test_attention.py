from __future__ import annotations

import math

import pytest
import torch

from mmacl.models import ATTENTIONS, masked_softmax, normalize_attention


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
def test_padding_changes_nothing(assert_blind_to_padding, kind):
    assert_blind_to_padding(lambda x, mask: normalize_attention(x[..., 0], mask, kind), width=1)


def test_half_precision_is_widened():
    logits = torch.randn(1, 4).half()
    assert normalize_attention(logits, torch.ones(1, 4, dtype=torch.bool)).dtype == torch.float32
