"""The iterative eigensolver, against operators whose eigenvalues are known."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from mmacl.clustering import block_lanczos
from mmacl.clustering.block_lanczos import top_eigenpairs

SIZE = 400


def operator(values, seed=0):
    """A symmetric operator with these eigenvalues, the first of which has a known vector."""
    q = np.linalg.qr(np.random.default_rng(seed).normal(size=(SIZE, SIZE)))[0]
    matrix = torch.from_numpy((q * values) @ q.T)
    return (lambda x: matrix @ x), torch.from_numpy(q[:, 0].copy()), q


def spectrum(top):
    """1, then the given ones, then many small ones."""
    rest = np.linspace(1e-4, 0, SIZE - 1 - len(top))
    return np.concatenate([[1.0], top, rest])


@pytest.mark.parametrize(
    ('top', 'options'),
    [
        (np.linspace(5e-3, 1e-3, 19), {}),
        (1e-3 * (1 + 1e-7 * np.arange(19)[::-1]), {}),  # closer to each other than single precision sees
        (np.full(19, 1e-3), dict(block=4)),  # more equal ones than a block is wide
        (np.full(19, 1e-3), dict(block=20)),
        (np.linspace(2e-4, 1e-4, 19), {}),  # among the others
    ],
)
def test_finds_the_largest_eigenvalues(top, options):
    values = spectrum(top)
    multiply, known, q = operator(values)
    found = top_eigenpairs(multiply, known, 20, **options)
    assert found.converged
    assert found.residual < 1e-13
    expected = np.sort(values)[::-1][:20]
    np.testing.assert_allclose(found.values, expected, atol=1e-13)
    np.testing.assert_allclose(found.vectors.T @ found.vectors, np.eye(20), atol=1e-12)
    if top[-1] > 1e-4:  # the space is then unique
        outside = found.vectors.numpy() - q[:, :20] @ (q[:, :20].T @ found.vectors.numpy())
        assert np.abs(outside).max() < 1e-8


def test_restarts_when_the_basis_is_full(monkeypatch):
    monkeypatch.setattr(block_lanczos, 'basis_rows', lambda *_: 120)
    # A small gap after the fifth: it takes more vectors than the basis holds.
    values = np.concatenate([[1.0], np.linspace(1e-3, 9e-4, 4), np.linspace(8.5e-4, 0, SIZE - 5)])
    multiply, known, _ = operator(values)
    found = top_eigenpairs(multiply, known, 5)
    assert found.converged
    assert found.dimensions > 120
    assert found.residual < 1e-13
    np.testing.assert_allclose(found.values, values[:5], atol=1e-13)


def test_says_so_when_it_does_not_converge(monkeypatch):
    monkeypatch.setattr(block_lanczos, 'basis_rows', lambda *_: 70)
    monkeypatch.setattr(block_lanczos, '_MOST', 1)
    multiply, known, _ = operator(np.concatenate([[1.0], np.linspace(1e-3, 0, SIZE - 1)]))
    found = top_eigenpairs(multiply, known, 5)
    assert not found.converged
    assert found.residual > 1e-9


def test_one_seed_one_result():
    multiply, known, _ = operator(spectrum(np.linspace(5e-3, 1e-3, 9)))
    first, again = (top_eigenpairs(multiply, known, 10, seed=3).vectors for _ in range(2))
    np.testing.assert_array_equal(first, again)
