"""The Local-Global Feature Aggregation Block."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from mmacl.models.checks import check_dilations, check_positive
from mmacl.models.layers import RELU, MaskedNonLocal1d, build_snippet_conv, zero_padding
from mmacl.registry import MODELS


@MODELS.register_module()
class FAB(nn.Module):
    """Local and global context around each snippet, Sec. 3.4 and Fig. 3.

    Three branches see the same features: a temporal convolution; a pyramid of parallel dilated convolutions; a kernel-1
    convolution followed by a non-local block. Their outputs are concatenated and fused by a convolution, to which the
    input is added.

    The paper gives no widths, kernels, dilations, norms or non-linearities. Here each branch convolution ends in a
    ReLU; the fusion and the sum with the skip do not. The skip is the identity where the width is kept, else a kernel-1
    projection.

    Args:
        in_channels: D.
        out_channels: D_1; None: D.
        branch_channels: width of each convolution of a branch.
        kernel_size: of the convolution and of the pyramid, odd.
        dilations: ``d`` of each level of the pyramid, 2 levels in the paper.
        fuse_kernel_size: of the fusing convolution, odd.
        conv_cfg: of all convolutions, see :func:`build_snippet_conv`.
        norm_cfg: norm after each convolution and in the non-local block, before the activation; None: none.
        act_cfg: activation of the branch convolutions; None: none.

    Raises:
        InputError: a width is not positive, a kernel is even, there are no dilations, or a layer cannot be built.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int | None = None,
        branch_channels: int = 256,
        kernel_size: int = 3,
        dilations: Sequence[int] = (2, 3),
        fuse_kernel_size: int = 1,
        conv_cfg: Mapping[str, Any] | None = None,
        norm_cfg: Mapping[str, Any] | None = None,
        act_cfg: Mapping[str, Any] | None = RELU,
    ) -> None:
        super().__init__()
        check_positive(branch_channels=branch_channels)
        check_dilations(dilations)
        self.out_channels = in_channels if out_channels is None else out_channels
        conv = partial(build_snippet_conv, conv_cfg=conv_cfg, norm_cfg=norm_cfg)
        branch = partial(conv, in_channels, branch_channels, act_cfg=act_cfg)
        self.conv = branch(kernel_size)
        self.pyramid = nn.ModuleList(branch(kernel_size, dilation) for dilation in dilations)
        self.reduce = branch(1)
        self.non_local = MaskedNonLocal1d(branch_channels, norm_cfg)
        self.fuse = conv((len(dilations) + 2) * branch_channels, self.out_channels, fuse_kernel_size)
        keeps_width = self.out_channels == in_channels
        self.skip = None if keeps_width else conv(in_channels, self.out_channels, 1)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """``X_e``, (B, T, D_1), from ``X``, (B, T, D), and the mask of real snippets, (B, T)."""
        x = zero_padding(x, mask)  # once for all branches
        local = [conv(x, mask, zeroed=True) for conv in (self.conv, *self.pyramid)]
        context = self.non_local(self.reduce(x, mask, zeroed=True), mask)
        skip = x if self.skip is None else self.skip(x, mask, zeroed=True)
        fused: Tensor = self.fuse(torch.cat([*local, context], dim=-1), mask)
        return skip + fused
