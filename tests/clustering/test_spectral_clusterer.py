"""The clusterer of the paper, and its eigenproblem against its statement."""

from __future__ import annotations

from importlib import import_module

import numpy as np
import pytest
import torch
from scipy.linalg import eigh, subspace_angles
from sklearn.cluster import SpectralClustering
from sklearn.manifold import spectral_embedding as theirs

from mmacl.clustering import SpectralClusterer, gaussian_affinity, spectral_embedding
from mmacl.evaluation.functional import adjusted_rand_index
from mmacl.registry import CLUSTERERS
from mmacl.utils import InputError


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


def blobs(num_videos, num_clusters, spread, seed=0, width=32):
    """Two streams of length-one rows around centres."""
    rng = np.random.default_rng(seed)
    truth = np.arange(num_videos) % num_clusters
    centres = rng.normal(size=(num_clusters, 2, width))
    rows = centres[truth] + spread * rng.normal(size=(num_videos, 2, width))
    rows /= np.linalg.norm(rows, axis=-1, keepdims=True)
    return rows.reshape(num_videos, -1), truth


def cluster(rows, num_clusters, seed=0, **options):
    names = tuple(f'video_{i}' for i in range(len(rows)))
    labels = SpectralClusterer(**options)(names, num_clusters, seed, representations=rows)
    assert labels.video_names == names
    assert labels.memberships.shape == (len(rows), num_clusters)
    assert (labels.memberships.sum(axis=1) == 1).all()
    return labels.memberships.argmax(axis=1)


@pytest.mark.parametrize('options', [{}, dict(sigma='upper_triangle', self_affinity=False)])
def test_finds_what_is_there(options):
    rows, truth = blobs(200, 20, 0.4)
    assert adjusted_rand_index(cluster(rows, 20, **options), truth) > 0.95


def test_the_releases_options_equal_scikit_learn():
    rows, truth = blobs(120, 6, 1.8)
    model = SpectralClustering(6, affinity='precomputed', random_state=0, eigen_solver='arpack')
    theirs = model.fit_predict(gaussian_affinity(rows, 'upper_triangle'))
    ours = cluster(rows, 6, sigma='upper_triangle', self_affinity=False)
    assert adjusted_rand_index(ours, theirs) > 0.95
    assert 0.3 < adjusted_rand_index(ours, truth) < 1


def test_options_reach_the_affinity(monkeypatch):
    module, seen = import_module('mmacl.clustering.spectral_clusterer'), []
    real = module.spectral_embedding
    monkeypatch.setattr(module, 'spectral_embedding', lambda w, c: seen.append(w.copy()) or real(w, c))
    rows, _ = blobs(30, 3, 0.4)
    cluster(rows, 3)
    cluster(rows, 3, sigma='upper_triangle', self_affinity=False)
    np.testing.assert_array_equal(seen[0], gaussian_affinity(rows))
    hollow = gaussian_affinity(rows, 'upper_triangle')
    np.fill_diagonal(hollow, 0)
    np.testing.assert_array_equal(seen[1], hollow)


def test_the_same_seed_gives_the_same_labels():
    rows, _ = blobs(150, 10, 2.0)
    first = cluster(rows, 10, seed=2**62 + 5)
    np.testing.assert_array_equal(cluster(rows, 10, seed=2**62 + 5), first)
    assert any((cluster(rows, 10, seed=seed) != first).any() for seed in range(3))


def test_global_random_state_is_neither_read_nor_moved():
    rows, _ = blobs(60, 5, 2.0)
    np.random.seed(0)
    first, after = cluster(rows, 5), np.random.random()
    np.random.seed(1)
    np.testing.assert_array_equal(cluster(rows, 5), first)
    np.random.seed(0)
    assert np.random.random() == after


@pytest.mark.parametrize('num_videos', [2, 3, 12])
def test_as_many_clusters_as_videos_are_single_videos(num_videos):
    rows, _ = blobs(num_videos, num_videos, 0.1)
    assert sorted(cluster(rows, num_videos)) == list(range(num_videos))


def test_one_cluster_holds_all():
    rows, _ = blobs(12, 3, 0.4)
    assert cluster(rows, 1).tolist() == [0] * 12
    assert cluster(rows[:1], 1).tolist() == [0]


def test_identical_videos_share_a_cluster_and_the_rest_stay_empty(recwarn):
    assert cluster(np.ones((10, 4)), 3).tolist() == [0] * 10
    assert cluster(np.zeros((10, 4)), 3).tolist() == [0] * 10
    got = cluster(np.repeat(np.eye(4)[:2], 5, axis=0), 3)
    assert len(set(got[:5])) == len(set(got[5:])) == 1
    assert got[0] != got[5]
    assert not recwarn.list


def test_copies_of_a_video_share_its_cluster():
    rows, _ = blobs(12, 12, 0.4)
    got = cluster(np.repeat(rows, 6, axis=0), 4)
    assert (got.reshape(12, 6) == got[::6, None]).all()


def test_rows_that_differ_by_rounding_only_get_labels_in_range(recwarn):
    rows = np.ones((20, 8)) * (1 + 1e-16 * np.arange(20))[:, None] + np.spacing(1.0) * np.eye(20, 8)
    got = cluster(rows, 3)
    assert set(got) <= {0, 1, 2}
    np.testing.assert_array_equal(got, cluster(rows, 3))
    assert not recwarn.list


@pytest.mark.parametrize('self_affinity', [True, False])
def test_a_video_infinitely_far_from_the_others_is_a_cluster(self_affinity):
    rows, _ = blobs(199, 1, 1e-3)
    rows = np.concatenate([rows, np.full((1, rows.shape[1]), 1e6)])
    got = cluster(rows, 2, self_affinity=self_affinity)
    assert len(set(got[:-1])) == 1
    assert got[-1] != got[0]


def test_single_precision_rows_are_clustered_in_double():
    rows, truth = blobs(200, 20, 0.4)
    assert adjusted_rand_index(cluster(rows.astype(np.float32), 20), truth) > 0.95


def test_registered_and_its_options_checked():
    assert isinstance(CLUSTERERS.build(dict(type='SpectralClusterer')), SpectralClusterer)
    assert SpectralClusterer.uses_representations
    assert not SpectralClusterer.uses_annotations
    with pytest.raises(InputError, match="sigma 'median' is not known"):
        SpectralClusterer(sigma='median')


@pytest.fixture
def few_are_many(monkeypatch):
    """Take the ways of 1,000 videos from 100 on; gather what is logged."""
    module, lines = import_module('mmacl.clustering.normalised_cut'), []
    monkeypatch.setattr(module, '_DENSE', 100)
    monkeypatch.setattr(module, 'print_log', lambda line, _: lines.append(line))
    return lines


@pytest.mark.parametrize('options', [{}, dict(sigma='upper_triangle', self_affinity=False)])
@pytest.mark.parametrize('spread', [0.4, 1.8])
def test_many_videos_get_the_labels_of_the_dense_solver(few_are_many, monkeypatch, options, spread):
    rows, _ = blobs(400, 8, spread)
    found = cluster(rows, 8, device='cpu', **options)
    (line,) = few_are_many
    assert line.startswith('Spectral clustering of 400 videos: exact (block Lanczos')
    monkeypatch.setattr(import_module('mmacl.clustering.normalised_cut'), '_DENSE', 1000)
    np.testing.assert_array_equal(found, cluster(rows, 8, **options))


def test_the_dense_solver_takes_over_where_the_other_does_not_converge(few_are_many, monkeypatch):
    rows, truth = blobs(150, 5, 0.4)
    monkeypatch.setattr(import_module('mmacl.clustering.normalised_cut'), '_EXACT', 0.0)
    assert adjusted_rand_index(cluster(rows, 5), truth) == 1
    assert 'the dense solver takes over' in few_are_many[0]
    assert 'exact (dense solver)' in few_are_many[1]


@pytest.mark.parametrize('method', ['nystroem', 'neighbors'])
def test_what_does_not_fit_is_approximated(few_are_many, method):
    rows, truth = blobs(400, 8, 0.4)
    options = dict(memory_budget_bytes=1e6) if method == 'nystroem' else dict(method=method)
    got = cluster(rows.astype(np.float32), 8, num_landmarks=50, **options)
    assert adjusted_rand_index(got, truth) == 1
    assert f'400 videos: {method} (' in few_are_many[0]
    assert 'residual' in few_are_many[0]


@pytest.mark.skipif(not torch.cuda.is_available(), reason='needs a GPU')
@pytest.mark.parametrize('method', ['exact', 'nystroem', 'neighbors'])
def test_a_gpu_gives_the_labels_of_the_cpu(few_are_many, method):
    rows, _ = blobs(400, 8, 0.4)
    found = [cluster(rows, 8, method=method, device=device) for device in ('cuda', 'cpu')]
    assert ' on cuda,' in few_are_many[0]
    assert adjusted_rand_index(*found) == 1


@pytest.mark.parametrize(
    'options', [dict(method='kmeans'), dict(memory_budget_bytes=0), dict(num_landmarks=-1)], ids=lambda o: next(iter(o))
)
def test_options_that_cannot_be_are_refused(options):
    with pytest.raises(InputError, match=rf'clusterer\.{next(iter(options))}='):
        SpectralClusterer(**options)
