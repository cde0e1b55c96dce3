"""The Local-Global Feature Aggregation Block."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from mmacl.models.checks import check_dilations
from mmacl.models.layers import MaskedNonLocal1d, SnippetConv1d
from mmacl.models.padding import zero_padding
from mmacl.registry import MODELS


@MODELS.register_module()
class FAB(nn.Module):
    """Local and global context around each snippet, Sec. 3.4 and Fig. 3.

    Three branches see the same features: a temporal convolution; a pyramid of parallel dilated convolutions; a kernel-1
    convolution followed by a non-local block. Their outputs are concatenated and fused by a convolution, to which the
    input is added.

    The paper gives no widths, kernels, dilations or non-linearities. Here each branch convolution ends in a ReLU, while
    the fusion and the sum with the skip do not; the skip is the identity where the width is kept, else a kernel-1
    projection.

    Args:
        in_channels: D.
        out_channels: D_1; None: D.
        branch_channels: width of each convolution of a branch.
        kernel_size: of the convolution and of the pyramid, odd.
        dilations: ``d`` of each level of the pyramid, 2 levels in the paper.
        fuse_kernel_size: of the fusing convolution, odd.

    Raises:
        InputError: a width is not positive, a kernel is even, or there are no dilations.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int | None = None,
        branch_channels: int = 256,
        kernel_size: int = 3,
        dilations: Sequence[int] = (2, 3),
        fuse_kernel_size: int = 1,
    ) -> None:
        super().__init__()
        check_dilations(dilations)
        self.out_channels = in_channels if out_channels is None else out_channels
        self.conv = SnippetConv1d(in_channels, branch_channels, kernel_size)
        self.pyramid = nn.ModuleList(
            SnippetConv1d(in_channels, branch_channels, kernel_size, dilation) for dilation in dilations
        )
        self.reduce = SnippetConv1d(in_channels, branch_channels, kernel_size=1)
        self.non_local = MaskedNonLocal1d(branch_channels)
        self.fuse = SnippetConv1d((len(dilations) + 2) * branch_channels, self.out_channels, fuse_kernel_size)
        keeps_width = self.out_channels == in_channels
        self.skip = nn.Identity() if keeps_width else SnippetConv1d(in_channels, self.out_channels, kernel_size=1)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """``X_e``, (B, T, D_1), from ``X``, (B, T, D), and the mask of real snippets, (B, T)."""
        x = zero_padding(x, mask)  # once for all branches
        local = [conv(x).relu() for conv in (self.conv, *self.pyramid)]
        context = self.non_local(self.reduce(x).relu(), mask)
        return self.skip(x) + self.fuse(torch.cat([*local, context], dim=-1), mask)
