"""Purity, NMI and ARI against their definitions written as loops."""

from __future__ import annotations

from itertools import combinations, permutations
from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mmacl.evaluation.functional import (
    adjusted_rand_index,
    chance_metrics,
    cluster_accuracy,
    clustering_metrics,
    count_confusion,
    favoured_class,
    normalized_mutual_information,
    one_to_one_assignment,
    primary_class,
    purity,
)
from mmacl.utils import InputError
from tests.examples import examples

PERFECT = {'purity': 1.0, 'nmi': 1.0, 'ari': 1.0, 'accuracy': 1.0}


@pytest.fixture(params=range(5))
def labels(request):
    rng = np.random.default_rng(request.param)
    classes = rng.integers(0, 4, 40)
    return np.where(rng.random(40) < 0.5, classes, rng.integers(0, 6, 40)), classes


def test_purity_equals_the_loops(labels):
    clusters, classes = labels
    right = 0
    for z in set(clusters.tolist()):
        members = [c for c, cluster in zip(classes, clusters, strict=True) if cluster == z]
        right += max(members.count(c) for c in members)
    assert purity(clusters, classes) == right / len(classes)


def test_ari_equals_its_definition_over_pairs(labels):
    clusters, classes = labels
    pairs = list(combinations(range(len(classes)), 2))
    same_cluster = [clusters[i] == clusters[j] for i, j in pairs]
    same_class = [classes[i] == classes[j] for i, j in pairs]
    both = sum(a and b for a, b in zip(same_cluster, same_class, strict=True))
    chance = sum(same_cluster) * sum(same_class) / len(pairs)
    expected = (both - chance) / ((sum(same_cluster) + sum(same_class)) / 2 - chance)
    assert adjusted_rand_index(clusters, classes) == pytest.approx(expected, abs=1e-12)


def test_nmi_equals_its_definition_with_the_mean_of_entropies(labels):
    clusters, classes = labels
    number = len(classes)

    def entropy(values):
        shares = [np.sum(values == v) / number for v in set(values.tolist())]
        return -sum(share * log(share) for share in shares)

    shared = 0.0
    for z in set(clusters.tolist()):
        for c in set(classes.tolist()):
            joint = np.sum((clusters == z) & (classes == c)) / number
            if joint:
                shared += joint * log(joint / (np.mean(clusters == z) * np.mean(classes == c)))
    expected = shared / ((entropy(clusters) + entropy(classes)) / 2)
    assert normalized_mutual_information(clusters, classes) == pytest.approx(expected, abs=1e-12)


def test_primary_class_has_most_instances_then_the_lowest_index():
    counts = [[0, 2, 5], [3, 3, 0], [0, 4, 4], [0, 0, 0], [1, 0, 0]]
    assert primary_class(np.array(counts)).tolist() == [2, 0, 1, -1, 0]
    assert primary_class(np.zeros((2, 0), dtype=int)).tolist() == [-1, -1]


def test_metrics_of_a_table():
    members = np.eye(3, dtype=bool)[[0, 0, 1, 1, 2]]
    counts = np.array([[1, 0], [4, 2], [0, 1], [2, 1], [0, 3]])
    metrics = clustering_metrics(members, counts)
    clusters, classes = np.array([0, 0, 1, 1, 2]), np.array([0, 0, 1, 0, 1])
    assert metrics == {
        'purity': 0.8,
        'nmi': normalized_mutual_information(clusters, classes),
        'ari': adjusted_rand_index(clusters, classes),
        # Of clusters {0 0 | 1 0 | 1}, the best each serves one class: 0 and then 1 or 1.
        'accuracy': 0.6,
    }
    assert all(type(value) is float for value in metrics.values())


def test_cluster_zero_and_class_zero_are_not_nothing():
    members = np.array([[True, False], [True, False]])
    assert clustering_metrics(members, np.array([[1, 0], [2, 0]])) == PERFECT


def test_videos_without_instances_or_without_exactly_one_cluster_are_left_out():
    members = np.array([[True, False], [False, True], [True, False], [False, False], [True, True]])
    counts = np.array([[1, 0], [0, 1], [0, 0], [1, 0], [0, 1]])
    assert clustering_metrics(members, counts) == PERFECT
    assert clustering_metrics(members, np.zeros((5, 2), dtype=int)) == {}
    assert clustering_metrics(np.ones((5, 2), dtype=bool), counts) == {}


def test_annotated_labels_are_perfect_clusters():
    counts = np.array([[2, 2, 0], [1, 5, 0], [0, 3, 0], [0, 0, 1], [4, 0, 0]])
    assert clustering_metrics(counts > 0, counts) == PERFECT


@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.lists(st.integers(0, 2), min_size=4, max_size=4).filter(any)),
        min_size=1,
        max_size=12,
    )
)
def test_favoured_class_equals_the_loops_and_gives_the_purity_of_any(videos):
    clusters, counts = np.array([z for z, _ in videos]), np.array([row for _, row in videos])
    votes = {z: [sum(row[c] > 0 for other, row in videos if other == z) for c in range(4)] for z in range(3)}
    expected = [max((c for c in range(4) if row[c]), key=lambda c: (votes[z][c], -c)) for z, row in videos]
    assert favoured_class(clusters, counts).tolist() == expected
    metrics = clustering_metrics(np.eye(3, dtype=bool)[clusters], counts, 'any')
    assert metrics['purity'] == pytest.approx(sum(max(row) for row in votes.values()) / len(videos))
    assert metrics['purity'] >= clustering_metrics(np.eye(3, dtype=bool)[clusters], counts)['purity']


def test_three_ways_to_count_a_video_of_several_actions():
    # The third video is mostly class 1, lies among videos of class 0, and contains class 0 too.
    members = np.array([[True, False]] * 3 + [[False, True]])
    counts = np.array([[1, 0], [2, 0], [1, 5], [0, 1]])
    assert clustering_metrics(members, counts, 'primary')['purity'] == 0.75
    assert clustering_metrics(members, counts, 'any') == PERFECT
    assert clustering_metrics(members, counts, 'exclude') == PERFECT
    assert clustering_metrics(members[2:3], counts[2:3], 'exclude') == {}
    with pytest.raises(InputError, match="multi_label 'all' is not known"):
        clustering_metrics(members, counts, 'all')


def all_shuffles(clusters, counts, multi_label):
    """Mean over every order of the clusters; those that look alike are measured once."""
    orders = set(permutations(clusters))
    rows = [clustering_metrics(np.eye(3, dtype=bool)[list(order)], counts, multi_label) for order in orders]
    return {name: np.mean([row[name] for row in rows]) for name in rows[0]}


@pytest.mark.parametrize('multi_label', ['primary', 'any'])
def test_chance_is_the_mean_over_shuffles(multi_label):
    # Five videos: all orders are quickly written out.
    clusters, counts = [0, 0, 1, 1, 2], np.array([[2, 0, 0], [1, 3, 0], [0, 1, 0], [0, 1, 1], [0, 0, 2]])
    members = np.eye(3, dtype=bool)[clusters]
    expected = all_shuffles(clusters, counts, multi_label)
    found = chance_metrics(members, counts, multi_label, num_shuffles=400)
    assert found == pytest.approx(expected, abs=0.02)
    assert expected['purity'] > 0.5
    assert found['ari'] < clustering_metrics(members, counts, multi_label)['ari']


def test_chance_is_the_same_in_every_call_and_leaves_out_what_is_not_measured():
    rng = np.random.default_rng(0)
    members, counts = np.eye(5, dtype=bool)[rng.integers(0, 5, 60)], np.eye(5, dtype=int)[rng.integers(0, 5, 60)]
    found = chance_metrics(members, counts)
    assert found == chance_metrics(members, counts)
    assert set(found) == set(clustering_metrics(members, counts))
    extra = np.ones((3, 5), dtype=bool), np.zeros((3, 5), dtype=int)
    assert chance_metrics(*(np.concatenate(pair) for pair in zip((members, counts), extra, strict=True))) == found
    assert chance_metrics(*extra) == {}
    # One cluster, and one cluster a video, are the same in every order.
    for single in (np.ones((60, 1), dtype=bool), np.eye(60, dtype=bool)):
        assert chance_metrics(single, counts) == pytest.approx(clustering_metrics(single, counts))


def test_case_of_split_and_renamed_clusters():
    classes = np.eye(3, dtype=int)[[0, 0, 1, 1, 2, 2]]
    split = clustering_metrics(np.eye(5, dtype=bool)[[0, 0, 1, 2, 3, 4]], classes)
    assert (split['purity'], split['accuracy']) == (1.0, pytest.approx(4 / 6))
    assert clustering_metrics(np.eye(3, dtype=bool)[[2, 2, 0, 0, 1, 1]], classes) == PERFECT


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


@examples(200)
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


def test_confusion_equals_plain_loops():
    rng = np.random.default_rng(0)
    members, classes = rng.random((40, 5)) < 0.4, rng.integers(-1, 3, 40)
    expected = np.zeros((5, 3), dtype=int)
    for member, label in zip(members, classes, strict=True):
        for cluster in range(5):
            expected[cluster, label] += label >= 0 and member[cluster]
    np.testing.assert_array_equal(count_confusion(members, classes, 3), expected)


def test_confusion_without_videos_or_classes():
    assert count_confusion(np.zeros((0, 4), dtype=bool), np.zeros(0, dtype=int), 2).tolist() == [[0, 0]] * 4
    nobody = primary_class(np.zeros((3, 2), dtype=int))
    assert not count_confusion(np.ones((3, 1), dtype=bool), nobody, 2).any()
