from __future__ import annotations

import math

import pytest
import torch

from mmacl.models.losses.functional import cosine_distance, cosine_distance_matrix, reduce_terms


def test_matrix_and_rows_as_loops():
    x, y = torch.randn(4, 3).double(), torch.randn(4, 3).double()
    matrix, rows, cross = cosine_distance_matrix(x), cosine_distance(x, y), cosine_distance_matrix(x, y[:3])

    def distance(a, b):
        dot = sum(p * q for p, q in zip(a, b, strict=True))
        return 1 - dot / math.sqrt(sum(p * p for p in a) * sum(q * q for q in b))

    for i in range(4):
        assert rows[i].item() == pytest.approx(distance(x[i].tolist(), y[i].tolist()))
        for j in range(4):
            assert matrix[i, j].item() == pytest.approx(distance(x[i].tolist(), x[j].tolist()), abs=1e-14)
        for j in range(3):
            assert cross[i, j].item() == pytest.approx(distance(x[i].tolist(), y[j].tolist()))


def test_zero_vector_is_at_distance_one_without_gradient():
    x = torch.tensor([[0.0, 0.0], [1.0, 2.0]], requires_grad=True)
    distances = cosine_distance_matrix(x)
    assert distances[0].tolist() == [1.0, 1.0]
    (distances * torch.randn(2, 2)).sum().backward()
    assert torch.isfinite(x.grad).all()
    assert not x.grad[0].any()


@pytest.mark.parametrize('scale', [1e-6, 1e6])
def test_scale_does_not_matter(scale):
    x = torch.randn(5, 4).double()
    torch.testing.assert_close(cosine_distance_matrix(x * scale), cosine_distance_matrix(x))


def test_gradient():
    x = torch.randn(3, 4).double().requires_grad_()
    assert torch.autograd.gradcheck(cosine_distance_matrix, x)


def test_nan_shows():
    assert cosine_distance_matrix(torch.tensor([[float('nan'), 1.0]])).isnan().all()


def test_sum_and_mean_over_the_count():
    terms = torch.tensor([[1.0, 2.0], [3.0, 0.0]])
    assert reduce_terms(terms, torch.tensor(3), 'sum') == 6
    assert reduce_terms(terms, torch.tensor(3), 'mean') == 2


def test_no_terms_are_zero():
    assert reduce_terms(torch.zeros(2), torch.tensor(0), 'mean') == 0
