"""The generalised eigenproblem, against its statement."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import eigh, subspace_angles
from sklearn.manifold import spectral_embedding as theirs

from mmacl.clustering import gaussian_affinity, spectral_embedding


@pytest.fixture
def affinity():
    return gaussian_affinity(np.random.default_rng(0).normal(size=(30, 6)), 1.5)


def test_solves_shi_and_maliks_problem_for_the_smallest_eigenvalues(affinity):
    degree = np.diag(affinity.sum(axis=1))
    values = eigh(degree - affinity, degree, eigvals_only=True)[:5]
    vectors = spectral_embedding(affinity, 5)
    np.testing.assert_allclose((degree - affinity) @ vectors, degree @ vectors * values, atol=1e-12)
    np.testing.assert_allclose(vectors.T @ degree @ vectors, np.eye(5), atol=1e-12)


def test_the_first_dimension_is_constant(affinity):
    first = spectral_embedding(affinity, 3)[:, 0]
    np.testing.assert_allclose(first, first[0])


def test_without_self_affinity_it_is_scikit_learns_embedding(affinity):
    hollow = affinity - np.diag(np.diagonal(affinity))
    ours = spectral_embedding(hollow, 5)
    expected = theirs(hollow, n_components=5, drop_first=False, eigen_solver='arpack', random_state=0)
    assert subspace_angles(ours, expected).max() < 1e-6
    np.testing.assert_allclose(np.abs(ours), np.abs(expected), atol=1e-8)


def test_all_dimensions_and_one(affinity):
    assert spectral_embedding(affinity, 30).shape == (30, 30)
    assert spectral_embedding(affinity, 1).shape == (30, 1)


def test_what_is_handed_in_is_not_overwritten(affinity):
    before = affinity.copy()
    spectral_embedding(affinity, 5)
    np.testing.assert_array_equal(affinity, before)


def test_eigenvalues_close_to_each_other_are_told_apart():
    # The paper's sigma on high-dimensional points: all affinities off the diagonal within a few hundredths.
    rng = np.random.default_rng(0)
    affinity = gaussian_affinity(rng.normal(size=(150, 512)))
    off_diagonal = affinity[~np.eye(150, dtype=bool)]
    assert off_diagonal.max() - off_diagonal.min() < 0.2
    degree = affinity.sum(axis=1)
    vectors = spectral_embedding(affinity, 20)
    residual = affinity @ vectors / degree[:, None]
    eigenvalues = (vectors * affinity.dot(vectors)).sum(axis=0) / (vectors**2 * degree[:, None]).sum(axis=0)
    np.testing.assert_allclose(residual, vectors * eigenvalues, atol=1e-14)
