"""k-reciprocal Jaccard distances against the definitions of Zhong et al. as sets and loops."""

from __future__ import annotations

import math

import numpy as np
import pytest
from sklearn.cluster import AgglomerativeClustering

from mmacl.clustering import JaccardClusterer, jaccard_distances
from mmacl.evaluation.functional import adjusted_rand_index
from mmacl.registry import CLUSTERERS
from mmacl.utils import InputError

RNG = np.random.default_rng(0)
ROWS = RNG.normal(size=(24, 5))


def by_loops(rows, k, k2, weight):
    videos = range(len(rows))
    d = [[math.dist(rows[i], rows[j]) for j in videos] for i in videos]

    def nearest(i, count):
        others = sorted((j for j in videos if j != i), key=lambda j: (d[i][j], j))
        return {i, *others[:count]}

    def reciprocal(i, count):
        return {j for j in nearest(i, count) if i in nearest(j, count)}

    v = np.zeros((len(rows), len(rows)))
    for i in videos:
        expanded = reciprocal(i, k)
        for q in reciprocal(i, k):
            half = reciprocal(q, max(1, round(k / 2)))
            if len(half & reciprocal(i, k)) >= 2 / 3 * len(half):
                expanded |= half
        for j in expanded:
            v[i, j] = math.exp(-d[i][j])
        v[i] /= v[i].sum()
    v = np.array([np.mean([v[j] for j in nearest(i, k2 - 1)], axis=0) for i in videos])
    longest = max(map(max, d))
    result = np.zeros_like(v)
    for i in videos:
        for j in videos:
            jaccard = 1 - np.minimum(v[i], v[j]).sum() / np.maximum(v[i], v[j]).sum()
            result[i, j] = (1 - weight) * jaccard + weight * d[i][j] / longest
    return result


@pytest.mark.parametrize(('k', 'k2', 'weight'), [(6, 3, 0.0), (5, 1, 0.3), (1, 2, 1.0), (50, 6, 0.0)])
def test_equals_sets_and_loops(k, k2, weight):
    found = jaccard_distances(ROWS, k, k2, weight)
    np.testing.assert_allclose(found, by_loops(ROWS, k, k2, weight), atol=1e-12)
    np.testing.assert_array_equal(found, found.T)
    assert not np.diagonal(found).any()
    assert found.min() >= 0
    assert found.max() <= 1


def test_equal_videos_have_no_distance():
    rows = np.repeat(ROWS[:6], 3, axis=0)
    found = jaccard_distances(rows, 2, 1)
    for i in range(6):
        np.testing.assert_allclose(found[3 * i : 3 * i + 3, 3 * i : 3 * i + 3], 0, atol=1e-12)
    assert not jaccard_distances(np.ones((4, 3))).any()


@pytest.mark.parametrize('algorithm', ['spectral', 'average_linkage'])
def test_finds_groups_of_different_width(algorithm):
    """Shared neighbours do not depend on the scale of a group, as Euclidean distances do."""
    centres, widths = np.repeat(10 * np.eye(4), 15, axis=0), np.repeat((1, 0.1, 2, 0.5), 15)
    rows = centres + np.random.default_rng(2).normal(size=(60, 4)) * widths[:, None]
    clusterer = CLUSTERERS.build(dict(type='JaccardClusterer', num_neighbors=8, algorithm=algorithm))
    names = tuple(f'v{i}' for i in range(60))
    first = clusterer(names, 4, seed=3, representations=rows)
    assert adjusted_rand_index(np.repeat(np.arange(4), 15), first.memberships.argmax(axis=1)) == 1
    again = clusterer(names, 4, seed=3, representations=rows)
    np.testing.assert_array_equal(first.memberships, again.memberships)
    np.testing.assert_array_equal(clusterer.distances(rows), jaccard_distances(rows, 8))


def test_average_linkage_is_scikit_learns():
    clusterer = JaccardClusterer(num_neighbors=6, euclidean_weight=0.3, algorithm='average_linkage')
    expected = AgglomerativeClustering(5, metric='precomputed', linkage='average').fit_predict(
        jaccard_distances(ROWS, 6, 6, 0.3)
    )
    np.testing.assert_array_equal(clusterer.assign(ROWS, 5, seed=0), expected)


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (dict(num_neighbors=0), 'num_neighbors=0 is less than 1'),
        (dict(expansion_neighbors=0), 'expansion_neighbors=0 is less than 1'),
        (dict(euclidean_weight=1.5), 'euclidean_weight=1.5 is not in'),
        (dict(algorithm='dbscan'), "algorithm='dbscan' is not known"),
    ],
)
def test_wrong_numbers_are_refused(arguments, message):
    with pytest.raises(InputError, match=message):
        JaccardClusterer(**arguments)
