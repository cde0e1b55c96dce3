"""The contract of a clusterer, and what is refused before anything is clustered."""

from __future__ import annotations

import numpy as np
import pytest

from mmacl.clustering import BaseClusterer, RepresentationClusterer
from mmacl.registry import CLUSTERERS
from mmacl.structures import PseudoLabels
from mmacl.utils import InputError


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


NAMES = ('a', 'b', 'c')


class Recorder(RepresentationClusterer):
    """Puts everything into cluster 1 and remembers what it saw."""

    def assign(self, representations, num_clusters, seed):
        self.seen = (representations, num_clusters, seed)
        return np.ones(len(representations), dtype=np.int64)


def test_rows_arrive_in_double_precision_with_the_seed():
    clusterer, rows = Recorder(), np.eye(3, dtype=np.float32)
    labels = clusterer(NAMES, 2, 7, representations=rows, action_counts=None)
    assert labels.memberships.tolist() == [[False, True]] * 3
    assert labels.video_names == NAMES
    assert clusterer.seen[0].dtype == np.float64
    assert clusterer.seen[1:] == (2, 7)


def test_distinct_videos_that_are_not_too_many_need_no_algorithm():
    clusterer = Recorder()
    rows = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]])
    assignments = clusterer(NAMES, 3, 0, representations=rows).memberships.argmax(axis=1)
    assert assignments[0] == assignments[2] != assignments[1]
    assert not hasattr(clusterer, 'seen')


def test_ground_truth_changes_nothing():
    with_truth = Recorder()(NAMES, 2, 0, representations=np.eye(3), action_counts=np.eye(3, dtype=int))
    without = Recorder()(NAMES, 2, 0, representations=np.eye(3))
    np.testing.assert_array_equal(with_truth.memberships, without.memberships)
    assert not Recorder.uses_annotations


@pytest.mark.parametrize(
    ('num_clusters', 'rows', 'message'),
    [
        (4, np.eye(3), 'num_clusters=4 is more than the 3 training videos; set model.num_clusters to at most 3'),
        (0, np.eye(3), 'num_clusters=0 is less than 1'),
        (2, None, 'no representations'),
        (2, np.eye(4), r'shape \(4, 4\) do not fit 3 videos'),
        (2, np.ones(3), r'shape \(3,\) do not fit'),
        (2, np.diag([1.0, np.nan, np.inf]), r"representation of video 'b' is not finite \(2 of 3 videos\)"),
    ],
)
def test_what_cannot_be_clustered_is_refused_in_one_line(num_clusters, rows, message):
    with pytest.raises(InputError, match=message) as error:
        Recorder()(NAMES, num_clusters, 0, representations=rows)
    assert '\n' not in str(error.value)


def test_a_broken_first_video_is_noticed():
    with pytest.raises(InputError, match="video 'a' is not finite"):
        Recorder()(NAMES, 2, 0, representations=np.diag([np.nan, 1.0, 1.0]))


def test_single_precision_arrives_as_it_is_where_it_is_asked_for(tmp_path):
    class Single(Recorder):
        reads_single_precision = True

    clusterer = Single()
    np.save(tmp_path / 'rows.npy', np.eye(3, dtype=np.float32))
    clusterer(NAMES, 2, 0, representations=np.load(tmp_path / 'rows.npy', mmap_mode='r'))
    assert clusterer.seen[0].dtype == np.float32
    clusterer(NAMES, 2, 0, representations=np.eye(3, dtype=np.float16))
    assert clusterer.seen[0].dtype == np.float64


def test_a_negative_zero_does_not_tell_videos_apart():
    clusterer = Recorder()
    clusterer(NAMES, 2, 0, representations=np.array([[0.0], [-0.0], [1.0]]))
    assert not hasattr(clusterer, 'seen')
