"""Selected snippets against plain loops; padding never counts."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy import ndimage

from mmacl.models.snippet_selection import dilate, drop_candidates, erode, masked_median, select_top

LENGTHS = (9, 1, 4, 2)
MASK = torch.arange(12) < torch.tensor(LENGTHS)[:, None]


def values(seed: int, levels: int = 1000) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    drawn = torch.randint(levels, MASK.shape, generator=generator).double()
    return drawn.masked_fill(~MASK, 5000.0)


@pytest.mark.parametrize('levels', [1000, 3], ids=['few ties', 'many ties'])
def test_the_largest_are_selected_and_of_ties_the_first(levels):
    scores, counts = values(1, levels), torch.tensor([4, 1, 9, 1])
    selected = select_top(scores, MASK, counts)
    for i, length in enumerate(LENGTHS):
        order = sorted(range(length), key=lambda t, i=i: (-scores[i, t].item(), t))
        assert set(selected[i].nonzero().flatten().tolist()) == set(order[: counts[i]])


def test_preferred_snippets_come_first_and_the_others_fill_up():
    scores = torch.tensor([[5.0, 4.0, 3.0, 2.0, 9.0]])
    mask = torch.tensor([[True, True, True, True, False]])
    preferred = torch.tensor([[False, True, False, True, True]])
    found = [select_top(scores, mask, torch.tensor([k]), preferred)[0].nonzero().flatten().tolist() for k in range(6)]
    assert found == [[], [1], [1, 3], [0, 1, 3], [0, 1, 2, 3], [0, 1, 2, 3]]


def test_candidates_are_dropped_in_training_alone():
    mask = torch.ones(50, 100, dtype=torch.bool)
    assert drop_candidates(mask, 0.6, training=False) is None
    assert drop_candidates(mask, 0.0, training=True) is None
    kept = drop_candidates(mask, 0.6, training=True)
    assert kept.double().mean().item() == pytest.approx(0.4, abs=0.03)


def test_the_median_is_that_of_the_real_snippets():
    x = values(2)
    expected = [np.median(x[i, :length].numpy()) for i, length in enumerate(LENGTHS)]
    np.testing.assert_array_equal(masked_median(x, MASK).numpy(), expected)


@pytest.mark.parametrize('width', [1, 2, 3, 6, 20])
def test_erosion_and_dilation_equal_loops_and_scipy(width):
    generator = torch.Generator().manual_seed(width)
    before, after = width // 2, (width - 1) // 2
    for _ in range(20):
        active = (torch.rand(MASK.shape, generator=generator) < 0.7) & MASK
        eroded, dilated = erode(active, width), dilate(active, MASK, width)
        assert not (eroded | dilated)[~MASK].any()
        for i, length in enumerate(LENGTHS):
            row = active[i, :length].tolist()
            real = range(length)
            kept = [all(u in real and row[u] for u in range(t - before, t + after + 1)) for t in real]
            grown = [any(u in real and row[u] for u in range(t - after, t + before + 1)) for t in real]
            assert eroded[i, :length].tolist() == kept == ndimage.binary_erosion(row, np.ones(width)).tolist()
            assert dilated[i, :length].tolist() == grown == ndimage.binary_dilation(row, np.ones(width)).tolist()
