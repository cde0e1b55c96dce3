from __future__ import annotations

import numpy as np
import pytest

from mmacl.clustering import ConsensusClusterer, KMeansClusterer
from mmacl.clustering.k_means import k_means
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
    np.testing.assert_allclose(clusterer.shares(ROWS, 5, seed=7), expected)


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
