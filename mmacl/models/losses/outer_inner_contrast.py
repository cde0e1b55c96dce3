"""Outer-inner contrast of segments with real borders, with a gradient to the borders (AutoLoc)."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from mmacl.models.precision import full_precision

#: A segment shorter than this, in snippets, has no inside.
_SHORTEST = 1e-3


@full_precision
def outer_inner_contrast(
    scores: Tensor, lengths: Tensor, segments: Tensor, outer_ratio: float = 0.25, min_outer: float = 1.0
) -> tuple[Tensor, Tensor]:
    """Contrast the mean score inside segments with the mean just outside, ``A_i - A_o``: the OIC loss, negative.

    Scores are constant within a snippet and 0 outside the video, so the derivative of an integral by its border is the
    score there. The outer region has two sides, each ``max(outer_ratio * length, min_outer)`` wide.
    Borders are cut off at the video, those of the outer region ``min_outer`` behind it, so that a segment which fills
    the video has an outside too. A border that is cut off keeps its gradient, which draws it back.

    Args:
        scores: class activations of P (video, class) pairs, (P, T), 0 at padding.
        lengths: number of real snippets, (P,).
        segments: (P, ..., 2) starts and ends in snippets.
        outer_ratio: ``alpha``, width of a side as a fraction of the length.
        min_outer: least width of a side, in snippets.

    Returns:
        Contrast (P, ...) in [-1, 1] for scores in [0, 1], and the segments cut off at the video. Without an inside, as
        beyond the video, the contrast is -1 and has no gradient.
    """
    start, end = segments.unbind(-1)
    side = (outer_ratio * (end - start)).clamp(min=min_outer)
    borders = torch.stack([start - side, start, end, end + side], dim=-1)
    margin = scores.new_tensor([min_outer, 0.0, 0.0, min_outer])
    last = lengths.view(-1, *[1] * (borders.ndim - 1)).to(scores.dtype)
    clipped = torch.minimum(torch.maximum(borders.detach(), -margin), last + margin)
    positions = clipped + (borders - borders.detach())  # the gradient is that of the borders
    outer_start, start, end, outer_end = positions.unbind(-1)

    # A border before the video has left its score behind, wherever it is cut off.
    before, inner_start, inner_end, after = _integrate(scores, positions, borders.detach() >= 0).unbind(-1)
    length = end - start
    has_inside = length > _SHORTEST
    inside = (inner_end - inner_start) / torch.where(has_inside, length, 1.0)
    width = ((start - outer_start) + (outer_end - end)).clamp(min=_SHORTEST)
    outside = ((inner_start - before) + (after - inner_end)) / width
    contrast = torch.where(has_inside, inside - outside, -1.0)
    return contrast, positions[..., 1:3]


def _integrate(scores: Tensor, positions: Tensor, has_slope: Tensor) -> Tensor:
    """Integrate scores, 0 outside the video, up to positions: (P, T) and (P, ..., N) to (P, ..., N).

    Args:
        scores: (P, T).
        positions: of any fraction, at most T + ``min_outer``.
        has_slope: False where the score at a position counts as 0, bool.
    """
    below = F.pad(scores.cumsum(dim=1), (1, 0))  # up to the start of each snippet, and to the end of the last
    here = F.pad(scores, (0, 1))
    flat = positions.flatten(1)
    snippet = flat.detach().floor().clamp(0, scores.shape[1])
    place = snippet.long()
    slope = here.gather(1, place) * has_slope.flatten(1)
    return (below.gather(1, place) + (flat - snippet) * slope).view_as(positions)
