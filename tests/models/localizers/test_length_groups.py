from __future__ import annotations

import itertools

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from mmacl.models.localizers import LengthGroups
from tests.examples import examples


def mask_of(lengths, extra=0):
    return torch.arange(max(lengths) + extra) < torch.tensor(lengths)[:, None]


def cost(groups: LengthGroups) -> int:
    return sum(len(rows) * longest for rows, longest in zip(groups.rows, groups.longest, strict=True))


@examples(60)
@given(st.lists(st.integers(1, 12), min_size=1, max_size=7), st.integers(1, 5), st.integers(0, 2))
def test_split_and_merge_are_inverse(lengths, max_groups, extra):
    mask = mask_of(lengths, extra)
    groups = LengthGroups.plan(mask, max_groups)
    x = torch.randn(*mask.shape, 3) * mask[..., None]
    for field in (x, x[..., 0], mask):
        assert torch.equal(groups.merge(groups.split(field)), field)
    videos = torch.arange(len(lengths))
    assert torch.equal(groups.merge_videos(groups.split_videos(videos)), videos)
    assert len(groups.rows) <= max_groups


@examples(60)
@given(st.lists(st.integers(1, 12), min_size=2, max_size=7), st.integers(2, 4))
def test_no_cut_needs_less_padding(lengths, max_groups):
    found = cost(LengthGroups.plan(mask_of(lengths), max_groups))
    ordered, n = sorted(lengths), len(lengths)
    best = min(
        sum((end - start) * ordered[end - 1] for start, end in itertools.pairwise((0, *cut, n)))
        for size in range(max_groups)
        for cut in itertools.combinations(range(1, n), size)
    )
    assert found == best


def test_each_group_is_trimmed_to_its_longest():
    groups = LengthGroups.plan(mask_of([9, 2, 8, 1], extra=4), 2)
    assert [part.shape for part in groups.split(torch.zeros(4, 13, 3))] == [(2, 2, 3), (2, 9, 3)]


def test_equal_lengths_are_one_group():
    assert len(LengthGroups.plan(mask_of([5, 5, 5]), 4).rows) == 1


@pytest.mark.parametrize(('least_gain', 'parts'), [(0.24, 2), (0.26, 1)])
def test_a_small_gain_is_not_worth_a_cut(least_gain, parts):
    """In two groups, 4 of 16 padded snippets are saved."""
    assert len(LengthGroups.plan(mask_of([4, 4, 2, 2]), 2, least_gain).split(torch.zeros(4, 4))) == parts


@pytest.mark.parametrize(('lengths', 'max_groups'), [([4, 2], 1), ([4], 4)])
def test_one_group_copies_nothing(lengths, max_groups):
    groups = LengthGroups.plan(mask_of(lengths), max_groups)
    x = torch.zeros(len(lengths), 4, 2)
    assert groups.split(x)[0] is x
    assert groups.merge([x]) is x


def test_video_of_padding_alone():
    mask = torch.zeros(2, 4, dtype=torch.bool)
    mask[0] = True
    assert [part.shape[1] for part in LengthGroups.plan(mask, 2).split(mask)] == [1, 4]
