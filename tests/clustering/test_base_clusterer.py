"""What a clusterer of one's own needs."""

from __future__ import annotations

import numpy as np
import pytest

from mmacl.clustering import BaseClusterer
from mmacl.registry import CLUSTERERS
from mmacl.structures import PseudoLabels


def test_a_clusterer_sees_neither_features_nor_truth_unless_it_says_so():
    assert not BaseClusterer.uses_representations
    assert not BaseClusterer.uses_annotations


def test_a_clusterer_must_cluster():
    with pytest.raises(TypeError, match='__call__'):
        BaseClusterer()


def test_a_clusterer_from_outside_is_named_in_a_config():
    class RoundRobin(BaseClusterer):
        def __call__(self, video_names, num_clusters, seed, representations=None, action_counts=None):
            return PseudoLabels.from_assignments(video_names, np.arange(len(video_names)) % num_clusters, num_clusters)

    CLUSTERERS.register_module(module=RoundRobin)
    try:
        labels = CLUSTERERS.build(dict(type='RoundRobin'))(('a', 'b', 'c'), 2, 0)
    finally:
        CLUSTERERS.module_dict.pop('RoundRobin')
    assert labels.memberships.argmax(axis=1).tolist() == [0, 1, 0]
