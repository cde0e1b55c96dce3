"""The Hungarian assignment against all assignments tried in turn."""

from __future__ import annotations

from itertools import permutations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mmacl.evaluation.functional import cluster_accuracy, one_to_one_assignment, purity

TABLES = st.tuples(st.integers(1, 4), st.integers(1, 4)).flatmap(
    lambda shape: arrays(np.int64, shape, elements=st.integers(0, 5))
)


def best_by_trial(votes):
    """Most votes that any one-to-one assignment gets."""
    table = votes if votes.shape[0] <= votes.shape[1] else votes.T
    return max(
        sum(int(table[i, j]) for i, j in enumerate(chosen))
        for chosen in permutations(range(table.shape[1]), table.shape[0])
    )


@settings(max_examples=200, deadline=None)
@given(TABLES)
def test_no_assignment_has_more_votes(votes):
    clusters, actions = one_to_one_assignment(votes)
    assert len(set(clusters.tolist())) == len(clusters)
    assert len(set(actions.tolist())) == len(actions)
    assert (votes[clusters, actions] > 0).all()
    assert votes[clusters, actions].sum() == best_by_trial(votes)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4)), min_size=1, max_size=25))
def test_accuracy_equals_the_best_relabelling(pairs):
    clusters, classes = np.array(pairs).T
    best = max(np.mean([relabelled[z] == c for z, c in pairs]) for relabelled in permutations(range(5), 4))
    assert cluster_accuracy(clusters, classes) == best
    assert cluster_accuracy(clusters, classes) <= purity(clusters, classes)


def test_two_clusters_of_one_class_are_pure_but_not_accurate():
    clusters, classes = np.array([0, 0, 1, 1]), np.array([0, 0, 0, 0])
    assert purity(clusters, classes) == 1.0
    assert cluster_accuracy(clusters, classes) == 0.5
