"""Uniform batches against what a plain loop over the draws says."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from mmengine.dataset import DefaultSampler

from mmacl.datasets.samplers import base_batch_sampler, uniform_batch_sampler
from mmacl.registry import DATA_SAMPLERS
from mmacl.structures import PseudoLabels
from mmacl.utils import InputError, derive_seed
from tests.datasets.samplers.test_cluster_batch_sampler import Videos, assignments


def build(number=20, batch_size=6, seed=0, **keys):
    inner = DefaultSampler(Videos(number), shuffle=True, seed=seed)
    config = dict(type='UniformBatchSampler', **keys)
    return DATA_SAMPLERS.build(config, default_args=dict(sampler=inner, batch_size=batch_size))


def indices(batches):
    return [[video.index for video in batch] for batch in batches]


def test_a_pass_has_every_video_and_fills_its_last_batch():
    sampler = build(20, 6)
    batches = indices(sampler)
    assert len(batches) == len(sampler) == 4
    assert [len(batch) for batch in batches] == [6, 6, 6, 6]
    drawn = [index for batch in batches for index in batch]
    assert sorted(drawn[:20]) == list(range(20))
    assert all(len(set(batch)) == 6 for batch in batches)
    assert len(list(build(18, 6))) == 3


def test_equals_passes_written_as_loops():
    """Without a last batch that is filled up, the draws are the orders of the passes."""
    drawn = [index for batch in indices(build(12, 4, seed=5, num_batches=7)) for index in batch]
    expected = []
    for number in range(3):
        expected += np.random.default_rng(derive_seed(5, 0, number, 1)).permutation(12).tolist()
    assert drawn == expected[:28]


def test_all_videos_are_drawn_alike():
    drawn = Counter(index for batch in indices(build(9, 4, num_batches=3000)) for index in batch)
    assert all(number / 3000 == pytest.approx(4 / 9, abs=0.03) for number in drawn.values())
    assert len(drawn) == 9


def test_fewer_videos_than_places():
    for batch in indices(build(3, 8, num_batches=5)):
        assert len(batch) == 8
        assert set(Counter(batch).values()) <= {2, 3, 4}
        assert set(batch[:3]) == set(batch[3:6]) == {0, 1, 2}


def test_no_cluster_and_a_seed_of_its_own():
    first, second = build(), build()
    seeds = set()
    for epoch in range(3):
        first.set_epoch(epoch)
        second.sampler.set_epoch(epoch)  # as the stock loop of mmengine does it
        batches = list(first)
        np.random.seed(epoch)
        assert batches == list(second)
        for batch in batches:
            assert all(video.cluster is None for video in batch)
            seeds |= {video.seed for video in batch}
    assert len(seeds) == 3 * 4 * 6
    assert list(build(seed=1)) != list(build(seed=0))
    # A longer epoch begins with the same batches.
    assert list(build(num_batches=3)) == list(build(num_batches=9))[:3]


def test_labels_change_nothing_without_pairs():
    sampler = build(6)
    sampler.set_labels(assignments([2, 4]))
    assert list(sampler) == list(build(6))


def test_videos_without_a_label_are_left_out():
    labels = assignments([6, 6]).only([f'v{i}' for i in (1, 4, 7, 8, 11)])
    sampler = build(12, 4, num_batches=40)
    sampler.set_labels(labels)
    batches = indices(sampler)
    assert {index for batch in batches for index in batch} == {1, 4, 7, 8, 11}
    assert {index for batch in batches[:2] for index in batch} == {1, 4, 7, 8, 11}  # a pass
    assert len(build(12, 4)) == 3
    with pytest.raises(InputError, match='no video has a label'):
        sampler.set_labels(labels.only([]))


def test_pairs_share_a_cluster_and_the_rest_is_uniform():
    labels = assignments([1, 4, 2, 5])
    sampler = build(12, 10, num_batches=200, similar_pairs=3)
    assert len(build(12, 10, similar_pairs=3)) == 3  # places of the pass: 4 a batch
    sampler.set_labels(labels)
    of_cluster, rest = Counter(), Counter()
    for batch in indices(sampler):
        assert len(batch) == 10
        clusters = set()
        for a, b in zip(batch[:6:2], batch[1:6:2], strict=True):
            assert a != b
            shared = np.flatnonzero(labels.memberships[a] & labels.memberships[b])
            assert len(shared) == 1
            clusters.add(int(shared[0]))
        assert clusters == {1, 2, 3}  # those with two videos, none twice
        of_cluster.update(batch[:6])
        rest.update(batch[6:])
    assert 0 not in of_cluster
    assert set(rest.values()) == {200 * 4 // 12, 200 * 4 // 12 + 1}


def test_more_pairs_than_clusters():
    sampler = build(5, 9, similar_pairs=4)
    sampler.set_labels(assignments([3, 2]))
    for batch in indices(sampler):
        pairs = [batch[i : i + 2] for i in range(0, 8, 2)]
        assert Counter(min(pair) < 3 for pair in pairs)[True] >= 1
        assert all((a < 3) == (b < 3) for a, b in pairs)


def test_a_video_with_several_labels_pairs_in_each():
    memberships = np.array([[1, 1], [1, 0], [0, 1]], dtype=bool)
    sampler = build(3, 5, num_batches=20, similar_pairs=1)
    sampler.set_labels(PseudoLabels(('v0', 'v1', 'v2'), memberships))
    assert {tuple(sorted(batch[:2])) for batch in indices(sampler)} == {(0, 1), (0, 2)}


@pytest.mark.parametrize('world_size', [2, 3])
def test_processes_share_the_batch_of_one(monkeypatch, world_size):
    def batches():
        sampler = build(12, 8, similar_pairs=2)
        sampler.set_labels(assignments([4, 4, 4]))
        return list(sampler)

    whole, parts = batches(), []
    for rank in range(world_size):
        for module in (base_batch_sampler, uniform_batch_sampler):
            monkeypatch.setattr(module, 'get_dist_info', lambda rank=rank: (rank, world_size))
        parts.append(batches())
    for batch, shares in zip(whole, zip(*parts, strict=True), strict=True):
        assert list(shares) == [batch[rank::world_size] for rank in range(world_size)]


@pytest.mark.parametrize(
    ('keys', 'says'),
    [
        (dict(batch_size=0), 'batch_size=0 must be at least 1'),
        (dict(num_batches=0), 'num_batches=0 must be at least 1'),
        (dict(batch_size=6, similar_pairs=3), 'similar_pairs=3 .* batch_size=6; set batch_size=7 or more'),
        (dict(similar_pairs=-1), 'similar_pairs=-1'),
    ],
)
def test_refuses_other_settings(keys, says):
    with pytest.raises(InputError, match=says):
        build(**keys)


def test_refuses_more_processes_than_places(monkeypatch):
    monkeypatch.setattr(uniform_batch_sampler, 'get_dist_info', lambda: (0, 8))
    with pytest.raises(InputError, match='batch_size=6 cannot be shared by 8 processes'):
        build()


def test_pairs_need_labels():
    sampler = build(3, 8, similar_pairs=1)
    with pytest.raises(RuntimeError, match='call set_labels'):
        next(iter(sampler))
    with pytest.raises(InputError, match='similar_pairs=1, but no cluster has two videos'):
        sampler.set_labels(assignments([1, 1, 1]))
