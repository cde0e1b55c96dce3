"""The rule of Sec. 4.2, against itself written as loops."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mmacl.clustering import map_clusters
from mmacl.utils import InputError
from tests.examples import examples

NAMES = ('dive', 'cliff dive', 'run')


def by_loops(memberships, counts, ratio, strict, secondary_weight):
    num_clusters, num_actions = memberships.shape[1], counts.shape[1]
    weights = [[0.0] * num_actions for _ in range(num_clusters)]
    for z in range(num_clusters):
        occurrences = [0] * num_actions
        for video in range(len(memberships)):
            for action in range(num_actions):
                if memberships[video][z] and counts[video][action] > 0:
                    occurrences[action] += 1
        most = max(occurrences)
        if most == 0:
            continue
        for action, number in enumerate(occurrences):
            enough = number > ratio * most if strict else number >= ratio * most
            if number and enough:
                weights[z][action] = secondary_weight
        weights[z][occurrences.index(most)] = 1.0
    return weights


@examples(200)
@given(
    arrays(bool, (9, 4)),
    arrays(np.int64, (9, 3), elements=st.sampled_from([0, 0, 1, 7])),
    st.sampled_from([0.25, 0.5, 1.0]),
    st.booleans(),
    st.sampled_from([0.5, 1.0]),
)
def test_equals_the_loops(memberships, counts, ratio, strict, secondary_weight):
    mapping = map_clusters(memberships, counts, NAMES, ratio, strict, secondary_weight)
    assert mapping.weights.tolist() == by_loops(memberships, counts, ratio, strict, secondary_weight)
    assert mapping.class_names == NAMES


def one_cluster(*occurrences):
    """A cluster with that many videos of each action."""
    counts = np.repeat(np.eye(len(occurrences), dtype=int), occurrences, axis=0)
    return np.ones((len(counts), 1), dtype=bool), counts


@pytest.mark.parametrize(
    ('occurrences', 'expected'),
    [
        ((4, 3, 0), [1, 1, 0]),
        ((4, 2, 1), [1, 0, 0]),
        ((5, 3, 2), [1, 1, 0]),
        ((0, 0, 6), [0, 0, 1]),
        ((2, 2, 1), [1, 1, 0]),
    ],
)
def test_more_than_half_of_the_most_frequent_is_mapped_and_exactly_half_is_not(occurrences, expected):
    assert map_clusters(*one_cluster(*occurrences), NAMES).weights.tolist() == [expected]


def test_in_the_release_exactly_half_is_enough_at_half_the_score():
    mapping = map_clusters(*one_cluster(4, 2, 1), NAMES, strict=False, secondary_weight=0.5)
    assert mapping.weights.tolist() == [[1, 0.5, 0]]


def test_of_equally_frequent_actions_the_first_has_the_whole_score():
    assert map_clusters(*one_cluster(0, 3, 3), NAMES, secondary_weight=0.5).weights.tolist() == [[0, 1, 0.5]]


def test_a_video_votes_once_for_each_of_its_actions():
    counts = np.array([[0, 100, 0], [1, 0, 0], [1, 0, 1], [1, 0, 0]])
    assert map_clusters(np.ones((4, 1), dtype=bool), counts, NAMES).weights.tolist() == [[1, 0, 0]]


@pytest.mark.parametrize('strict', [True, False])
def test_an_empty_cluster_maps_to_nothing(strict):
    memberships = np.array([[False, True, False], [False, False, True]])
    counts = np.array([[1, 0, 0], [0, 0, 0]])
    got = map_clusters(memberships, counts, NAMES, strict=strict).weights
    assert got.tolist() == [[0, 0, 0], [1, 0, 0], [0, 0, 0]]


def test_several_clusters_may_share_an_action_and_an_action_may_have_none():
    memberships = np.eye(3, dtype=bool)
    got = map_clusters(memberships, np.array([[1, 0, 0], [1, 0, 0], [0, 0, 1]]), NAMES).weights
    assert got.tolist() == [[1, 0, 0], [1, 0, 0], [0, 0, 1]]


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        (dict(ratio=0), 'mapping ratio=0 '),
        (dict(rule='best'), "rule='best' is not known; choose one of majority, hungarian"),
        (dict(ratio=1.5), 'mapping ratio=1.5'),
        (dict(secondary_weight=2), 'secondary_weight=2'),
        (dict(class_names=('a',)), '1 class names do not fit'),
    ],
)
def test_what_does_not_fit_is_refused(options, message):
    memberships, counts = one_cluster(2, 1, 0)
    with pytest.raises(InputError, match=message):
        map_clusters(memberships, counts, **{'class_names': NAMES, **options})


@examples(100)
@given(arrays(bool, (9, 4)), arrays(np.int64, (9, 3), elements=st.sampled_from([0, 0, 1, 7])))
def test_hungarian_rule_is_the_best_of_all_one_to_one_mappings(memberships, counts):
    weights = map_clusters(memberships, counts, NAMES, rule='hungarian').weights
    assert set(np.unique(weights)) <= {0.0, 1.0}
    assert weights.sum(axis=0).max() <= 1
    assert weights.sum(axis=1).max() <= 1
    votes = [[sum(memberships[:, z] & (counts[:, a] > 0)) for a in range(3)] for z in range(4)]
    best = max(sum(votes[z][a] for a, z in enumerate(chosen)) for chosen in permutations(range(4), 3))
    assert (weights * np.array(votes)).sum() == best
    assert all(votes[z][a] for z, a in np.argwhere(weights))


def test_hungarian_rule_gives_the_second_cluster_of_an_action_what_else_it_has():
    members = np.array([[True, False]] * 3 + [[False, True]] * 3)
    counts = np.array([[1, 0, 0]] * 3 + [[1, 0, 0]] * 2 + [[0, 0, 1]])
    assert map_clusters(members, counts, NAMES).weights.tolist() == [[1, 0, 0], [1, 0, 0]]
    got = map_clusters(members, counts, NAMES, rule='hungarian', ratio=0.5, strict=True).weights
    assert got.tolist() == [[1, 0, 0], [0, 0, 1]]
