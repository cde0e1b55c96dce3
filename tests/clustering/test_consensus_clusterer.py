from __future__ import annotations

import numpy as np
import pytest
import torch

from mmacl.clustering import ConsensusClusterer, KMeansClusterer
from mmacl.clustering.k_means import k_means
from mmacl.clustering.vote_affinity import VoteAffinity, vote_affinity
from mmacl.evaluation.functional import adjusted_rand_index
from mmacl.registry import CLUSTERERS
from mmacl.utils import InputError, derive_seed

RNG = np.random.default_rng(2)
GROUPS = np.arange(30) % 3
ROWS = 4 * np.eye(3)[GROUPS] + 0.5 * RNG.normal(size=(30, 3))
PARTS = (dict(type='KMeansClusterer'), dict(type='NeighborClusterer'))


def test_shares_as_loops():
    clusterer = ConsensusClusterer(PARTS, num_runs=3)
    expected = np.zeros((30, 30))
    for index, part in enumerate(PARTS):
        points = CLUSTERERS.build(part).points(ROWS, 5)
        for run in (1, 2, 3):
            labels = k_means(points, 5, derive_seed(7, index, run), num_starts=1)
            for i in range(30):
                for j in range(30):
                    expected[i, j] += (labels[i] == labels[j]) / 6
    votes = clusterer.votes(ROWS, 5, seed=7)
    np.testing.assert_allclose(vote_affinity(votes), expected + 1e-6)
    degrees = (expected + 1e-6).sum(axis=1)
    normalised = (expected + 1e-6) / np.sqrt(degrees[:, None] * degrees)
    unstored = VoteAffinity(votes)
    np.testing.assert_allclose(unstored.dense(), normalised)
    np.testing.assert_allclose(unstored.multiply(torch.eye(30, dtype=torch.float64)), normalised)
    np.testing.assert_allclose(unstored.scale, degrees**-0.5)
    trivial = unstored.scale.reciprocal().numpy()  # of eigenvalue 1
    np.testing.assert_allclose(normalised @ trivial, trivial)


@pytest.mark.parametrize('noise', [0.5, 2.0])
def test_clusters_of_many_videos_are_those_of_all_pairs(noise, monkeypatch):
    groups = np.arange(1200) % 8
    rows = 4 * np.eye(8)[groups] + noise * RNG.normal(size=(1200, 8))
    clusterer = ConsensusClusterer(PARTS, num_runs=4)
    with monkeypatch.context() as patch:
        patch.setattr('mmacl.clustering.consensus_clusterer.vote_affinity', None)  # is not called
        found = clusterer.assign(rows, 8, seed=0)
    monkeypatch.setattr('mmacl.clustering.consensus_clusterer.is_small', lambda *sizes: True)
    assert adjusted_rand_index(found, clusterer.assign(rows, 8, seed=0)) == 1
    assert adjusted_rand_index(found, groups) > 0.3


@pytest.mark.parametrize('num_clusters', [1, 2])
def test_few_clusters_of_many_videos(num_clusters):
    rows = 4 * np.eye(2)[np.arange(1000) % 2] + 0.1 * RNG.normal(size=(1000, 2))
    found = ConsensusClusterer(PARTS, num_runs=2).assign(rows, num_clusters, seed=0)
    assert len(np.unique(found)) == num_clusters


def test_the_same_clusters_whatever_the_number_of_threads():
    rows = RNG.normal(size=(1100, 6))
    threads, found = torch.get_num_threads(), []
    try:
        for number in (1, 3):
            torch.set_num_threads(number)
            found.append(ConsensusClusterer(PARTS, num_runs=5).votes(rows, 4, seed=0))
    finally:
        torch.set_num_threads(threads)
    np.testing.assert_array_equal(*found)


def test_clear_clusters_are_found():
    names = tuple(map(str, range(30)))
    clusters = CLUSTERERS.build(dict(type='ConsensusClusterer', num_runs=4))(names, 3, 0, representations=ROWS)
    found = clusters.memberships.argmax(axis=1)
    assert all(len(set(found[group])) == 1 for group in np.arange(30).reshape(10, 3).T)
    assert len(set(found)) == 3


def test_the_first_part_stands_for_it_where_it_is_clustered_often():
    assert isinstance(ConsensusClusterer(PARTS).single, KMeansClusterer)


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (dict(parts=()), 'a consensus of 0 clusterers with 20 runs'),
        (dict(num_runs=0), 'with 0 runs'),
        (dict(parts=[dict(type='AnnotatedLabels')]), 'AnnotatedLabels has no points'),
    ],
)
def test_what_is_no_consensus_is_refused(arguments, message):
    with pytest.raises(InputError, match=message):
        ConsensusClusterer(**arguments)
