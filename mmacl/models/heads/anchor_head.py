"""Regress segments from anchors of several lengths at each snippet (AutoLoc)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from mmacl.models.layers import RELU, build_snippet_conv
from mmacl.models.precision import full_precision
from mmacl.utils import InputError

#: A segment is at most so many times as long as its anchor.
_LONGEST = math.log(1000.0)


class AnchorHead(nn.Module):
    """Three convolutions, then two numbers for each anchor: a shift of the centre and a change of the length.

    ``centre = (t + 0.5) + length_m * shift``, ``length = length_m * exp(change)``; both numbers start near 0.

    Args:
        in_channels: D.
        lengths: of the anchors in snippets, M of them, positive.
        hidden_channels: width of the convolutions.
        norm_cfg: norm after each of them, see :func:`build_snippet_conv`; None: none.

    Raises:
        InputError: there are no anchors, a length is not positive, or a layer cannot be built.
    """

    def __init__(
        self,
        in_channels: int,
        lengths: Sequence[float],
        hidden_channels: int = 128,
        norm_cfg: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__()
        if not lengths or min(lengths) <= 0:
            raise InputError(
                f'anchors={list(lengths)} are not positive lengths in snippets', remedy='name at least one'
            )
        widths = (in_channels, hidden_channels, hidden_channels)
        self.convs = nn.ModuleList(
            build_snippet_conv(width, hidden_channels, 3, norm_cfg=norm_cfg, act_cfg=RELU) for width in widths
        )
        self.fc = nn.Linear(hidden_channels, 2 * len(lengths))
        nn.init.normal_(self.fc.weight, std=0.01)
        nn.init.zeros_(self.fc.bias)
        self.lengths: Tensor
        self.register_buffer('lengths', torch.tensor(lengths, dtype=torch.get_default_dtype()), persistent=False)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """Regress starts and ends in snippets, (B, T, D) to (B, T, M, 2); they may lie outside the video."""
        for conv in self.convs:
            x = conv(x, mask)
        return _borders(self.fc(x), self.lengths)


@full_precision
def _borders(numbers: Tensor, lengths: Tensor) -> Tensor:
    """Compute starts and ends from the numbers of the last layer, (B, T, 2 M) to (B, T, M, 2)."""
    shift, change = numbers.chunk(2, dim=-1)
    snippets = torch.arange(numbers.shape[1], device=numbers.device, dtype=numbers.dtype)
    centre = (snippets + 0.5).view(-1, 1) + lengths * shift
    half = lengths * change.clamp(max=_LONGEST).exp() / 2
    return torch.stack([centre - half, centre + half], dim=-1)
