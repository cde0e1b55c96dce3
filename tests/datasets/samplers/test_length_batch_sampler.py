"""Batches of similar length: every video once, within both bounds, the same for any number of processes."""

from __future__ import annotations

import pytest
from mmengine.dataset import DefaultSampler

from mmacl.datasets.samplers import length_batch_sampler
from mmacl.registry import DATA_SAMPLERS
from mmacl.utils import InputError

LENGTHS = [5, 300, 7, 7, 1, 90, 80, 6, 100, 2]


class Videos:
    def __init__(self, lengths):
        self.lengths = lengths

    def __len__(self):
        return len(self.lengths)

    def num_snippets(self, index):
        return self.lengths[index]


def build(dataset=None, batch_size=4, max_snippets=200, shuffle=True):
    inner = DefaultSampler(Videos(LENGTHS) if dataset is None else dataset, shuffle=shuffle)
    config = dict(type='LengthBatchSampler', max_snippets=max_snippets)
    return DATA_SAMPLERS.build(config, default_args=dict(sampler=inner, batch_size=batch_size))


def test_each_video_once_longest_first_within_the_bounds():
    sampler = build()
    # 300 is alone, 100 and 90 pad to 200, 80 leaves room for one more.
    assert list(sampler) == [[1], [8, 5], [6, 2], [3, 7, 0, 9], [4]]
    assert len(sampler) == 5
    assert list(sampler) == list(build(shuffle=False))


@pytest.mark.parametrize('world_size', [2, 3, 7])
def test_processes_share_the_same_batches(monkeypatch, world_size):
    whole = list(build())
    found = []
    for rank in range(world_size):
        monkeypatch.setattr(length_batch_sampler, 'get_dist_info', lambda rank=rank: (rank, world_size))
        sampler = build()
        share = list(sampler)
        assert len(share) == len(sampler)
        found += share
    assert sorted(found) == sorted(whole)


def test_errors_name_the_sampler():
    with pytest.raises(InputError, match='max_snippets=0 must be at least 1'):
        build(max_snippets=0)
    with pytest.raises(InputError, match='list has no num_snippets'):
        build([1, 2])
