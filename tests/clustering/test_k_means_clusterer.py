"""K-means in place of spectral clustering."""

from __future__ import annotations

import numpy as np

from mmacl.clustering import KMeansClusterer
from mmacl.evaluation.functional import adjusted_rand_index
from mmacl.registry import CLUSTERERS


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
