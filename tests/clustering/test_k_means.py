"""Seeded k-means."""

from __future__ import annotations

import warnings
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module

import numpy as np
import pytest
import torch
from sklearn.cluster import KMeans, kmeans_plusplus

from mmacl.clustering import KMeansClusterer
from mmacl.clustering.k_means import k_means, k_means_plus_plus, k_means_runs
from mmacl.evaluation.functional import adjusted_rand_index
from mmacl.registry import CLUSTERERS


def points(seed=0):
    return np.random.default_rng(seed).normal(size=(90, 3))


def spread(data, labels):
    return sum(((data[labels == z] - data[labels == z].mean(axis=0)) ** 2).sum() for z in set(labels.tolist()))


def test_no_point_is_nearer_to_another_mean():
    data = points()
    labels = k_means(data, 5, 0)
    means = np.stack([data[labels == z].mean(axis=0) for z in range(5)])
    np.testing.assert_array_equal(((data[:, None] - means) ** 2).sum(axis=-1).argmin(axis=1), labels)


def test_it_is_the_best_of_several_starts():
    data = points()
    best = spread(data, k_means(data, 6, 0))
    singles = [spread(data, KMeans(6, n_init=1, random_state=seed).fit_predict(data)) for seed in range(20)]
    assert best <= np.median(singles)


@pytest.mark.parametrize('seed', [0, 2**32 - 1, 2**32, 2**63 - 1])
def test_seeds_of_any_size_repeat(seed):
    np.testing.assert_array_equal(k_means(points(), 7, seed), k_means(points(), 7, seed))


@pytest.mark.parametrize('num_clusters', [1, 3, 90])
def test_labels_are_in_range(num_clusters):
    labels = k_means(points(), num_clusters, 0)
    assert labels.dtype == np.int64
    assert set(labels.tolist()) == set(range(num_clusters))


def test_fewer_distinct_points_than_clusters_is_no_news(recwarn):
    labels = k_means(np.repeat(np.eye(3)[:2], 5, axis=0), 4, 0)
    assert set(labels.tolist()) <= set(range(4))
    assert not recwarn.list


def test_finds_what_is_there_and_repeats():
    rng = np.random.default_rng(0)
    truth = np.arange(60) % 5
    rows = rng.normal(size=(5, 16))[truth] + 0.1 * rng.normal(size=(60, 16))
    names = tuple(map(str, range(60)))
    clusterer = CLUSTERERS.build(dict(type='KMeansClusterer'))
    assert isinstance(clusterer, KMeansClusterer)
    labels = clusterer(names, 5, 3, representations=rows)
    assert adjusted_rand_index(labels.memberships.argmax(axis=1), truth) == 1
    np.testing.assert_array_equal(labels.memberships, clusterer(names, 5, 3, representations=rows).memberships)


@pytest.mark.parametrize('seed', [0, 7])
def test_starts_drawn_together_are_those_of_scikit_learn(seed):
    data = points()
    data = data - data.mean(axis=0)
    found = k_means_plus_plus(data, 8, 3, np.random.RandomState(seed))
    state = np.random.RandomState(seed)
    np.testing.assert_array_equal(found, [kmeans_plusplus(data, 8, random_state=state)[1] for _ in range(3)])


def test_many_points_get_the_labels_of_scikit_learn(monkeypatch):
    rng = np.random.default_rng(0)
    data = rng.normal(size=(12, 5))[np.arange(300) % 12] + 0.5 * rng.normal(size=(300, 5))
    expected = k_means(data, 12, 5)
    monkeypatch.setattr(import_module('mmacl.clustering.k_means'), '_TOGETHER', 100)
    np.testing.assert_array_equal(k_means(data, 12, 5), expected)
    assert k_means(data, 12, 5).dtype == np.int64
    assert k_means(data[:200], 1, 0).tolist() == [0] * 200


def test_as_many_starts_run_at_a_time_as_torch_has_threads(monkeypatch):
    asked = []
    module = import_module('mmacl.clustering.k_means')
    monkeypatch.setattr(module, 'ThreadPoolExecutor', lambda number: asked.append(number) or ThreadPoolExecutor(number))
    rows = np.random.default_rng(0).standard_normal((1000, 2))
    threads = torch.get_num_threads()
    try:
        torch.set_num_threads(2)
        k_means(rows, 3, 0, num_starts=4)
        runs = k_means_runs(rows, 3, [5, 6, 7])
        monkeypatch.setattr(module, '_COPIES_BYTES', rows.nbytes)
        k_means_runs(rows, 3, [5])
    finally:
        torch.set_num_threads(threads)
    assert asked[0] == 2
    assert asked[-1] == 1  # there is room for one copy
    assert 2 in asked[1:-1]
    for seed, labels in zip([5, 6, 7], runs, strict=True):
        np.testing.assert_array_equal(labels, k_means(rows, 3, seed, num_starts=1))


def test_runs_at_a_time_leave_no_filter_of_warnings_behind():
    rows = np.repeat(np.random.default_rng(0).standard_normal((6, 2)), 200, axis=0)
    threads = torch.get_num_threads()
    try:
        torch.set_num_threads(4)
        with warnings.catch_warnings():
            warnings.simplefilter('error')
            before = list(warnings.filters)
            k_means_runs(rows, 10, range(8))
            assert warnings.filters == before
    finally:
        torch.set_num_threads(threads)
