"""Which actions a cluster stands for."""

from __future__ import annotations

import json

import numpy as np
import pytest

from mmacl.structures import ClusterMapping


def test_identity_maps_each_cluster_to_its_own_action():
    mapping = ClusterMapping.identity(('dive', 'run'))
    assert mapping.weights.tolist() == [[1, 0], [0, 1]]
    assert mapping.class_names == ('dive', 'run')


@pytest.mark.parametrize(
    ('number', 'first', 'last'),
    [(1, 'cluster_00', 'cluster_00'), (20, 'cluster_00', 'cluster_19'), (101, 'cluster_000', 'cluster_100')],
)
def test_anonymous_actions_are_numbered_in_one_width(number, first, last):
    mapping = ClusterMapping.anonymous(number)
    assert (mapping.class_names[0], mapping.class_names[-1]) == (first, last)
    assert len(set(mapping.class_names)) == number
    np.testing.assert_array_equal(mapping.weights, np.eye(number))


@pytest.mark.parametrize(
    'weights', [np.array([[1.0, 0.5, 0], [0, 0, 1]]), np.zeros((4, 3)), np.zeros((0, 3))], ids=['some', 'none', 'empty']
)
def test_state_survives_json(weights):
    mapping = ClusterMapping(weights, ('a', 'b', 'c'))
    back = ClusterMapping.from_state_dict(json.loads(json.dumps(mapping.state_dict())))
    np.testing.assert_array_equal(back.weights, weights)
    assert back.weights.dtype == np.float64
    assert back.class_names == ('a', 'b', 'c')
