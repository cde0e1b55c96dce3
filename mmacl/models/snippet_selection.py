"""Select snippets of padded videos: the best ones, candidates at random, the rims of runs."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor


def select_top(scores: Tensor, mask: Tensor, counts: Tensor, preferred: Tensor | None = None) -> Tensor:
    """Select the k snippets with the largest scores of each video; of equal ones, the first.

    Args:
        scores: (B, T), finite; gradients do not pass.
        mask: (B, T), True for snippets that may be selected.
        counts: k of each video, (B,); a video of fewer snippets gives all.
        preferred: (B, T) bool, snippets to take before all others, see :func:`drop_candidates`; None: all alike.

    Returns:
        (B, T) bool.
    """
    # Two stable sorts: the second one, by whether a snippet may be taken at all, keeps the order of the first.
    order = scores.detach().argsort(dim=1, descending=True, stable=True)
    tiers = mask.int() if preferred is None else mask.int() + (mask & preferred).int()
    order = order.gather(1, tiers.gather(1, order).argsort(dim=1, descending=True, stable=True))
    first = torch.arange(scores.shape[1], device=scores.device) < counts.unsqueeze(1)
    return torch.zeros_like(mask).scatter(1, order, first) & mask


def drop_candidates(mask: Tensor, probability: float, training: bool) -> Tensor | None:
    """Draw the snippets that :func:`select_top` prefers; each is left out with a probability.

    Args:
        mask: (B, T), True for real snippets.
        probability: of leaving a snippet out.
        training: False: nothing is left out.

    Returns:
        (B, T) bool, or None if nothing is left out.
    """
    if not training or probability == 0:
        return None
    return torch.rand(mask.shape, device=mask.device) >= probability


def masked_median(values: Tensor, mask: Tensor) -> Tensor:
    """Median over the real snippets; of an even number, the mean of the middle two.

    Args:
        values: (B, T), finite.
        mask: (B, T), True for real snippets.

    Returns:
        (B,); meaningless for a video that is all padding.
    """
    ordered = values.masked_fill(~mask, torch.inf).sort(dim=1).values
    lengths = mask.sum(dim=1, keepdim=True).clamp(min=1)
    return (ordered.gather(1, (lengths - 1) // 2) + ordered.gather(1, lengths // 2)).squeeze(1) / 2


def erode(active: Tensor, width: int) -> Tensor:
    """Keep the snippets whose window is active throughout; beyond the ends of a video nothing is active.

    Args:
        active: (B, T) bool, False at padding.
        width: snippets in the window, ``t - width // 2`` to ``t + (width - 1) // 2``.

    Returns:
        (B, T) bool.
    """
    return ~_any_in_window(~active, width // 2, (width - 1) // 2, beyond=1.0)


def dilate(active: Tensor, mask: Tensor, width: int) -> Tensor:
    """Add the snippets within reach of an active one; the mirror image of :func:`erode`.

    Args:
        active: (B, T) bool, False at padding.
        mask: (B, T), True for real snippets.
        width: snippets in the window, ``t - (width - 1) // 2`` to ``t + width // 2``.

    Returns:
        (B, T) bool, False at padding.
    """
    return _any_in_window(active, (width - 1) // 2, width // 2, beyond=0.0) & mask


def _any_in_window(active: Tensor, before: int, after: int, beyond: float) -> Tensor:
    """Find the snippets with an active one in their window; ``beyond`` the ends all (1) or none (0) are active."""
    padded = F.pad(active.float(), (before, after), value=beyond)
    return F.max_pool1d(padded.unsqueeze(1), before + after + 1, stride=1).squeeze(1) > 0
