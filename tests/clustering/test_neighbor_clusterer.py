from __future__ import annotations

import numpy as np
import pytest

from mmacl.clustering import NeighborClusterer, neighbor_affinity
from mmacl.utils import InputError


@pytest.mark.parametrize('count', [1, 3, 50])
def test_affinity_as_loops(count):
    rows = np.random.default_rng(0).normal(size=(9, 4))
    expected = np.zeros((9, 9))
    for i in range(9):
        others = sorted((j for j in range(9) if j != i), key=lambda j: float(((rows[i] - rows[j]) ** 2).sum()))
        for j in [i, *others[:count]]:
            expected[i, j] += 0.5
            expected[j, i] += 0.5
    np.testing.assert_array_equal(neighbor_affinity(rows, count), expected)


def test_copies_of_a_video_do_not_push_it_out_of_its_own_neighbours():
    rows = np.repeat(np.eye(3), 3, axis=0)
    affinity = neighbor_affinity(rows, 2)
    np.testing.assert_array_equal(affinity, np.kron(np.eye(3), np.ones((3, 3))))


def test_groups_are_found_with_one_seed_one_result():
    rng = np.random.default_rng(1)
    truth = np.repeat(np.arange(4), 15)
    rows = np.eye(8)[truth] + 0.25 * rng.normal(size=(60, 8))
    names = tuple(map(str, range(60)))
    labels = NeighborClusterer()(names, 4, 7, representations=rows)
    again = NeighborClusterer()(names, 4, 7, representations=rows)
    np.testing.assert_array_equal(labels.memberships, again.memberships)
    found = labels.memberships.argmax(axis=1)
    assert all(np.bincount(found[truth == group]).max() >= 14 for group in range(4))


@pytest.mark.parametrize('share', [1e-6, 1.0, 100.0])
def test_any_share_works(share):
    rows = np.random.default_rng(2).normal(size=(12, 3))
    labels = NeighborClusterer(share)(tuple(map(str, range(12))), 3, 0, representations=rows)
    assert labels.memberships.shape == (12, 3)


def test_a_share_must_be_positive():
    with pytest.raises(InputError, match=r'cluster_share=0 is not positive'):
        NeighborClusterer(0)
