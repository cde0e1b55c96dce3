"""The surest videos of each cluster, against loops."""

from __future__ import annotations

import math

import numpy as np
import pytest
from sklearn.metrics import silhouette_samples

from mmacl.clustering import KMeansClusterer, SelfPacedSelection
from mmacl.clustering.self_paced_selection import confidences
from mmacl.utils import InputError

ROWS = np.random.default_rng(1).normal(size=(20, 3))
CLUSTERS = np.repeat([0, 1, 3], (10, 7, 3))  # cluster 2 is empty
MEMBERSHIPS = np.eye(4, dtype=bool)[CLUSTERS]
DISTANCES = KMeansClusterer().distances(ROWS)


def test_distances_are_euclidean_by_default():
    np.testing.assert_allclose(DISTANCES, [[math.dist(x, y) for y in ROWS] for x in ROWS], atol=1e-12)


def test_compactness_equals_loops_and_silhouette_scikit_learns():
    compact = confidences(MEMBERSHIPS, DISTANCES, 'compactness')
    silhouette = confidences(MEMBERSHIPS, DISTANCES, 'silhouette')
    expected = silhouette_samples(ROWS, CLUSTERS)
    for i, cluster in enumerate(CLUSTERS):
        others = [DISTANCES[i, j] for j in range(20) if CLUSTERS[j] == cluster and j != i]
        assert compact[i, cluster] == pytest.approx(-np.mean(others))
        assert silhouette[i, cluster] == pytest.approx(expected[i])


@pytest.mark.parametrize('confidence', ['compactness', 'silhouette'])
def test_a_growing_share_of_each_cluster_trains(confidence):
    selection = SelfPacedSelection((0.3, 0.7, 1.0), confidence)
    values = confidences(MEMBERSHIPS, DISTANCES, confidence)
    before = np.zeros(20, dtype=bool)
    for round_, share in ((1, 0.3), (2, 0.7), (3, 1.0), (4, 1.0)):
        selected = selection(MEMBERSHIPS, DISTANCES, round_)
        for cluster in (0, 1, 3):
            members = np.flatnonzero(cluster == CLUSTERS)
            order = sorted(members, key=lambda i, c=cluster: (-values[i, c], i))
            count = math.ceil(round(share * len(members), 9))
            assert set(np.flatnonzero(selected)) & set(members) == set(order[:count])
        assert (before <= selected).all()
        before = selected
    assert selection(MEMBERSHIPS, DISTANCES, 2)[CLUSTERS == 0].sum() == 7  # 0.7 * 10 is a little above 7


def test_clusters_of_one_video_and_one_cluster_alone():
    distances = np.array([[0.0, 1.0], [1.0, 0.0]])
    for confidence in ('compactness', 'silhouette'):
        selection = SelfPacedSelection((0.1,), confidence)
        assert selection(np.eye(2, dtype=bool), distances, 1).all()
        assert selection(np.ones((2, 1), dtype=bool), distances, 1).tolist() == [True, False]


def test_a_video_of_two_clusters_trains_if_either_takes_it():
    memberships = np.array([[1, 0], [1, 0], [1, 1], [0, 1]], dtype=bool)
    distances = np.array([[0, 1, 5, 9], [1, 0, 5, 9], [5, 5, 0, 1], [9, 9, 1, 0]], dtype=float)
    assert SelfPacedSelection((0.5,))(memberships, distances, 1).tolist() == [True, True, True, False]


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (dict(shares=()), 'are not parts in'),
        (dict(shares=(0.5, 1.2)), 'are not parts in'),
        (dict(confidence='entropy'), "confidence='entropy' is not known"),
    ],
)
def test_wrong_values_are_refused(arguments, message):
    with pytest.raises(InputError, match=message):
        SelfPacedSelection(**arguments)
