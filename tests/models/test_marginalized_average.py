"""The weights of MAAN against the expectation over all subsets, and against the paper's recursion."""

from __future__ import annotations

import itertools
import math

import pytest
import torch

from mmacl.models import marginalized_weights


def expected_weights(p):
    """Weight of each snippet in the mean of a subset, averaged over all subsets."""
    weights = [0.0] * len(p)
    for subset in itertools.product((0, 1), repeat=len(p)):
        probability = math.prod(q if z else 1 - q for q, z in zip(p, subset, strict=True))
        for t, z in enumerate(subset):
            weights[t] += probability * z / max(sum(subset), 1)
    return weights


def recursion(p, x):
    """``h = sum_i m_i`` by the recursion over snippets and counts (MAAN, Sec. 2.4)."""
    q, m = [1.0], [0.0]
    for p_t, x_t in zip(p, x, strict=True):
        q, before = [*q, 0.0], [*q, 0.0]
        m, totals = [*m, 0.0], [*m, 0.0]
        for i in range(len(q)):
            q[i] = (1 - p_t) * before[i] + (p_t * before[i - 1] if i else 0.0)
            if i:
                m[i] = p_t * (i - 1) / i * totals[i - 1] + (1 - p_t) * totals[i] + p_t * before[i - 1] * x_t / i
    return sum(m)


@pytest.mark.parametrize('length', range(1, 9))
def test_equals_the_expectation_over_all_subsets(length):
    p = torch.rand(3, length, dtype=torch.float64)
    p[1, 0], p[2] = 1.0, 0.0
    found = marginalized_weights(p, torch.ones(3, length, dtype=torch.bool))
    torch.testing.assert_close(found, torch.tensor([expected_weights(row.tolist()) for row in p], dtype=p.dtype))


@pytest.mark.parametrize('scale', [1.0, 0.01])
def test_equals_the_recursion_of_the_paper_in_a_long_video(scale):
    p, x = scale * torch.rand(150, dtype=torch.float64), torch.randn(150, dtype=torch.float64)
    found = marginalized_weights(p[None], torch.ones(1, 150, dtype=torch.bool))[0] @ x
    assert found.item() == pytest.approx(recursion(p.tolist(), x.tolist()), rel=1e-10)


def test_sums_to_the_probability_of_a_subset_that_is_not_empty():
    p = 0.01 * torch.rand(2, 40, dtype=torch.float64)
    found = marginalized_weights(p, torch.ones(2, 40, dtype=torch.bool)).sum(dim=1)
    torch.testing.assert_close(found, 1 - (1 - p).prod(dim=1))


def test_is_finite_and_exact_at_the_ends_in_float32():
    p = torch.stack([torch.ones(3000), torch.zeros(3000)]).requires_grad_()
    found = marginalized_weights(p, torch.ones(2, 3000, dtype=torch.bool))
    torch.testing.assert_close(found[0], torch.full((3000,), 1 / 3000), rtol=1e-4, atol=0)
    assert not found[1].any()
    found.square().sum().backward()
    assert p.grad.isfinite().all()


def test_gradients_are_right():
    p = torch.rand(2, 6, dtype=torch.float64, requires_grad=True)
    mask = torch.tensor([[True] * 6, [True] * 4 + [False] * 2])
    assert torch.autograd.gradcheck(lambda p: marginalized_weights(p, mask), p)


def test_is_blind_to_padding(assert_blind_to_padding):
    assert_blind_to_padding(lambda x, mask: marginalized_weights(x[..., 0].sigmoid(), mask), width=1)
