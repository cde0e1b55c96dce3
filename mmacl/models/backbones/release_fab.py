"""The backbone of the authors' release."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from mmacl.models.checks import check_dilations
from mmacl.models.layers import MaskedNonLocal1d, SnippetConv1d
from mmacl.models.padding import zero_padding
from mmacl.registry import MODELS


@MODELS.register_module()
class ReleaseFAB(nn.Module):
    """A base feature for the class-agnostic branch, local and global context of it for the class-specific branch.

    This is how the authors' release for ActivityNet-1.2 departs from Sec. 3.4: a shared base feature of 256 channels;
    for the class-specific branch only, four parallel convolutions (kernel 3 with dilations 1, 2, 3, and kernel 1) and a
    non-local block, all on the base feature and concatenated; no fusion and no skip. With heads of
    ``hidden_channels=None`` the base feature is what H pools and the concatenation what J and B pool. The width of a
    local branch (a quarter of the base) and the kernel of the base (1) are our choices.

    Args:
        in_channels: D.
        base_channels: width of the base feature.
        branch_channels: width of each of the parallel convolutions.
        kernel_size: of the dilated convolutions, odd.
        dilations: of the dilated convolutions.

    Raises:
        InputError: a width is not positive, a kernel is even, or there are no dilations.
    """

    def __init__(
        self,
        in_channels: int,
        base_channels: int = 256,
        branch_channels: int = 64,
        kernel_size: int = 3,
        dilations: Sequence[int] = (1, 2, 3),
    ) -> None:
        super().__init__()
        check_dilations(dilations)
        self.base = SnippetConv1d(in_channels, base_channels, kernel_size=1)
        self.pyramid = nn.ModuleList(
            SnippetConv1d(base_channels, branch_channels, kernel_size, dilation) for dilation in dilations
        )
        self.pointwise = SnippetConv1d(base_channels, branch_channels, kernel_size=1)
        self.non_local = MaskedNonLocal1d(base_channels)
        self.out_channels = (base_channels, (len(dilations) + 1) * branch_channels + base_channels)

    def forward(self, x: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """The pair for the class-agnostic and the class-specific branch.

        Args:
            x: ``X``, (B, T, D).
            mask: (B, T), True for real snippets.

        Returns:
            (B, T, base_channels) and (B, T, the sum of all branches).
        """
        base = zero_padding(self.base(x).relu(), mask)
        local = [conv(base).relu() for conv in (*self.pyramid, self.pointwise)]
        return base, torch.cat([*local, self.non_local(base, mask)], dim=-1)
