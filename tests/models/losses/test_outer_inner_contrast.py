"""Outer-inner contrast of segments with real borders, against the paper written as loops."""

from __future__ import annotations

import pytest
import torch

from mmacl.models import outer_inner_contrast


def integral(scores, length, start, end):
    """Scores are constant within a snippet and 0 outside the video."""
    return sum(scores[t] * max(0.0, min(t + 1, end) - max(t, start)) for t in range(length))


def plain_contrast(scores, length, start, end, ratio=0.25, least=1.0):
    side = max(ratio * (end - start), least)
    outer_start, outer_end = (min(max(x, -least), length + least) for x in (start - side, end + side))
    start, end = (min(max(x, 0.0), length) for x in (start, end))
    if end <= start:
        return -1.0
    inside = integral(scores, length, start, end)
    outside = integral(scores, length, outer_start, outer_end) - inside
    return inside / (end - start) - outside / ((outer_end - outer_start) - (end - start))


@pytest.fixture
def case():
    """Scores of three pairs in padded videos, and segments in, at and beyond the ends."""
    generator = torch.Generator().manual_seed(3)
    lengths = torch.tensor([9, 4, 1])
    scores = torch.rand(3, 12, generator=generator, dtype=torch.float64) * (torch.arange(12) < lengths[:, None])
    start = torch.rand(3, 5, 4, generator=generator, dtype=torch.float64) * 16 - 5
    width = torch.rand(3, 5, 4, generator=generator, dtype=torch.float64) * 9
    segments = torch.stack([start, start + width], dim=-1)
    segments[:, 0, 0] = torch.tensor([-3.0, 40.0])  # fills the video
    segments[:, 0, 1] = torch.tensor([20.0, 30.0])  # beyond it
    segments[:, 0, 2] = torch.tensor([0.0, 1.0])  # on the grid
    return scores, lengths, segments


@pytest.mark.parametrize('config', [{}, {'outer_ratio': 0.5, 'min_outer': 2.0}])
def test_equals_the_means_written_as_loops(case, config):
    scores, lengths, segments = case
    contrast, clipped = outer_inner_contrast(scores, lengths, segments, **config)
    for p in range(3):
        for i in range(5):
            for j in range(4):
                start, end = segments[p, i, j].tolist()
                expected = plain_contrast(
                    scores[p].tolist(), int(lengths[p]), start, end, *(config.values() if config else ())
                )
                assert contrast[p, i, j].item() == pytest.approx(expected, abs=1e-12)
                last = float(lengths[p])
                assert clipped[p, i, j].tolist() == [min(max(x, 0.0), last) for x in (start, end)]
    assert contrast.min() == -1.0


def test_padding_changes_nothing(case):
    scores, lengths, segments = case
    more = torch.cat([scores, scores.new_zeros(3, 7)], dim=1)
    torch.testing.assert_close(
        outer_inner_contrast(more, lengths, segments), outer_inner_contrast(scores, lengths, segments)
    )


def test_the_gradient_is_that_of_the_borders():
    scores = torch.rand(1, 20, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    segments = torch.tensor([[[5.3, 9.6], [4.2, 16.4], [7.1, 7.3]]], dtype=torch.float64, requires_grad=True)
    lengths = torch.tensor([20])
    assert torch.autograd.gradcheck(lambda x: outer_inner_contrast(scores, lengths, x)[0], segments)


def test_a_border_beyond_the_video_is_drawn_back():
    scores = torch.ones(1, 6, dtype=torch.float64)
    segments = torch.tensor([[[2.0, 9.0], [-4.0, 3.0]]], dtype=torch.float64, requires_grad=True)
    contrast, _ = outer_inner_contrast(scores, torch.tensor([6]), segments)
    contrast.sum().backward()
    assert segments.grad.isfinite().all()
    assert segments.grad[0, 0, 1] < 0  # a shorter segment has a larger mean
    assert segments.grad[0, 1, 0] > 0


def test_without_an_inside_there_is_no_gradient():
    scores = torch.ones(1, 6, dtype=torch.float64)
    segments = torch.tensor([[[8.0, 9.0], [-3.0, -1.0], [2.0, 2.0]]], dtype=torch.float64, requires_grad=True)
    contrast, _ = outer_inner_contrast(scores, torch.tensor([6]), segments)
    assert contrast.tolist() == [[-1.0, -1.0, -1.0]]
    contrast.sum().backward()
    assert not segments.grad.any()


def test_half_precision_is_widened():
    contrast, _ = outer_inner_contrast(torch.ones(1, 4).bfloat16(), torch.tensor([4]), torch.tensor([[[1.0, 2.0]]]))
    assert contrast.dtype == torch.float32
    assert contrast.item() == 0.0


@pytest.mark.parametrize('borders', [(9.0, 29.0), (14.5, 23.5), (15.0, 29.0)])
def test_ascent_finds_the_borders_of_an_action(borders):
    scores = torch.zeros(1, 40, dtype=torch.float64)
    scores[0, 13:25] = 1.0
    segment = torch.tensor([[borders]], dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.Adam([segment], lr=0.2)
    for step in range(150):
        optimizer.param_groups[0]['lr'] = 0.2 * 0.97**step
        optimizer.zero_grad()
        (-outer_inner_contrast(scores, torch.tensor([40]), segment)[0].sum()).backward()
        optimizer.step()
    assert segment[0, 0].tolist() == pytest.approx([13.0, 25.0], abs=0.1)
