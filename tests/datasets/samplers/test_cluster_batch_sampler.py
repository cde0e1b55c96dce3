import pickle
from collections import Counter
from types import SimpleNamespace

import numpy as np
import pytest
from mmengine.dataset import DefaultSampler

from mmacl.datasets import ClusterBatchSampler, DrawnVideo
from mmacl.datasets.samplers import base_batch_sampler, cluster_batch_sampler
from mmacl.registry import DATA_SAMPLERS
from mmacl.structures import PseudoLabels
from mmacl.utils import InputError


class Videos:
    """As much of a dataset as the sampler asks for."""

    def __init__(self, number):
        self.video_names = tuple(f'v{i}' for i in range(number))

    def __len__(self):
        return len(self.video_names)


def assignments(sizes, num_clusters=None):
    """Labels of clusters of these sizes, the videos of a cluster in a row."""
    clusters = np.repeat(np.arange(len(sizes)), sizes)
    return PseudoLabels.from_assignments(
        tuple(f'v{i}' for i in range(len(clusters))), clusters, num_clusters or len(sizes)
    )


def build(labels, z=4, k=2, num_batches=30, seed=0, batch_size=None):
    inner = DefaultSampler(Videos(len(labels.video_names)), shuffle=True, seed=seed)
    config = dict(type='ClusterBatchSampler', clusters_per_batch=z, videos_per_cluster=k, num_batches=num_batches)
    sampler = DATA_SAMPLERS.build(config, default_args=dict(sampler=inner, batch_size=batch_size or z * k))
    sampler.set_labels(labels)
    return sampler


def test_draws_z_clusters_and_k_videos_of_each():
    labels = assignments([5, 3, 2, 7, 4, 6])
    batches = list(build(labels))
    assert len(batches) == 30
    for batch in batches:
        assert len(batch) == 8
        clusters = [video.cluster for video in batch]
        assert clusters[::2] == clusters[1::2]  # the videos of a cluster stand side by side
        assert len(set(clusters)) == 4
        assert len({video.index for video in batch}) == 8
        assert all(labels.memberships[video.index, video.cluster] for video in batch)
        assert len({video.seed for video in batch}) == 8


def test_every_cluster_and_every_member_is_drawn_alike():
    labels = assignments([2, 4, 8])
    drawn = Counter(video.index for batch in build(labels, z=2, k=2, num_batches=3000) for video in batch)
    # A cluster stands in 2 of 3 batches and gives 2 of its videos.
    for size, members in ((2, range(0, 2)), (4, range(2, 6)), (8, range(6, 14))):
        for index in members:
            assert drawn[index] / 3000 == pytest.approx(2 / 3 * 2 / size, abs=0.04)


def test_fewer_clusters_than_z_and_empty_ones():
    sampler = build(assignments([3, 0, 3, 0, 3], 9), z=12, k=2)
    for batch in sampler:
        assert sorted({video.cluster for video in batch}) == [0, 2, 4]
        assert len(batch) == 6


def test_a_small_cluster_gives_all_its_videos_first():
    labels = assignments([1, 2, 5])
    repeated = Counter()
    for batch in build(labels, z=3, k=3, num_batches=50):
        members = {c: [v.index for v in batch if v.cluster == c] for c in range(3)}
        assert members[0] == [0, 0, 0]
        assert sorted(set(members[1])) == [1, 2]
        assert set(members[1][:2]) == {1, 2}
        repeated[members[1][2]] += 1
        assert len(set(members[2])) == 3
    assert set(repeated) == {1, 2}


def test_a_video_with_several_labels_is_drawn_for_each():
    memberships = np.array([[1, 1], [1, 0], [0, 1]], dtype=bool)
    labels = PseudoLabels(('v0', 'v1', 'v2'), memberships)
    drawn = {(video.index, video.cluster) for batch in build(labels, z=2, k=1) for video in batch}
    assert drawn == {(0, 0), (0, 1), (1, 0), (2, 1)}


def test_a_video_without_a_label_is_never_drawn():
    labels = PseudoLabels(('v0', 'v1', 'v2'), np.array([[1, 0], [0, 0], [0, 1]], dtype=bool))
    assert {video.index for batch in build(labels, z=2, k=2) for video in batch} == {0, 2}


def test_rows_are_found_by_name():
    labels = assignments([2, 2])
    turned = PseudoLabels(labels.video_names[::-1], labels.memberships[::-1])
    assert list(build(labels)) == list(build(turned))


def test_seed_epoch_and_batch_decide_and_nothing_else():
    labels = assignments([5, 3, 2, 7, 4, 6])
    first, second = build(labels), build(labels)
    for _ in zip(second, range(3)):  # noqa: B905  begun and left
        pass
    np.random.seed(7)
    assert list(first) == list(second)
    second.set_epoch(1)
    assert list(first) != list(second)
    first.set_epoch(1)
    assert list(first) == list(second)
    assert list(build(labels, seed=1)) != list(build(labels, seed=0))
    # As the stock loop of mmengine does it.
    first.sampler.set_epoch(2)
    second.set_epoch(2)
    assert list(first) == list(second)
    # A longer epoch begins with the same batches.
    assert list(build(labels, num_batches=5)) == list(build(labels, num_batches=9))[:5]


@pytest.mark.parametrize('world_size', [2, 3])
def test_processes_share_the_batch_of_one(monkeypatch, world_size):
    labels = assignments([5, 1, 2, 7, 4, 6])
    whole = list(build(labels, z=5))
    parts = []
    for rank in range(world_size):
        for module in (base_batch_sampler, cluster_batch_sampler):
            monkeypatch.setattr(module, 'get_dist_info', lambda rank=rank: (rank, world_size))
        parts.append(list(build(labels, z=5)))
    for batch, shares in zip(whole, zip(*parts, strict=True), strict=True):
        places = [
            [video for z in range(rank, 5, world_size) for video in batch[2 * z : 2 * z + 2]]
            for rank in range(world_size)
        ]
        assert list(shares) == places


def test_refuses_more_processes_than_clusters(monkeypatch):
    monkeypatch.setattr(cluster_batch_sampler, 'get_dist_info', lambda: (0, 4))
    with pytest.raises(InputError, match='3 clusters in a batch cannot be shared by 4 processes'):
        build(assignments([3, 3, 3]))


def test_needs_labels_first():
    sampler = ClusterBatchSampler(DefaultSampler(Videos(4), seed=0), 24)
    assert len(sampler) == 50
    with pytest.raises(RuntimeError, match='call set_labels'):
        next(iter(sampler))


def test_labels_may_change():
    sampler = build(assignments([2, 2]), z=2)
    sampler.set_labels(assignments([1, 3]))
    assert {video.index for batch in sampler for video in batch if video.cluster == 0} == {0}


@pytest.mark.parametrize(
    ('keys', 'says'),
    [
        (dict(batch_size=23), r'batch_size=23 is not .* = 12 \* 2; set batch_size=24'),
        (dict(batch_size=0, clusters_per_batch=0), 'clusters_per_batch=0'),
        (dict(batch_size=0, videos_per_cluster=0), 'videos_per_cluster=0'),
        (dict(batch_size=24, num_batches=0), 'num_batches=0'),
        (dict(batch_size=24, sampler=SimpleNamespace(dataset=Videos(3), seed=0)), 'has no epoch; use'),
    ],
)
def test_refuses_other_settings(keys, says):
    with pytest.raises(InputError, match=says):
        ClusterBatchSampler(**(dict(sampler=DefaultSampler(Videos(4), seed=0)) | keys))


def test_refuses_labels_that_do_not_fit():
    with pytest.raises(InputError, match='no video has a label'):
        build(PseudoLabels(('v0', 'v1'), np.zeros((2, 3), dtype=bool)))
    sampler = build(assignments([2, 2]))
    with pytest.raises(InputError, match="video 'v2': no label"):
        sampler.set_labels(assignments([1, 1]))


def test_travels_to_workers():
    drawn = pickle.loads(pickle.dumps(DrawnVideo(3, 1, 2**62)))
    assert (drawn.index, drawn.cluster, drawn.seed) == (3, 1, 2**62)
