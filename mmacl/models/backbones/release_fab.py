"""The backbone of the authors' release."""

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
        conv_cfg: of all convolutions, see :func:`build_snippet_conv`.
        norm_cfg: norm after each convolution and in the non-local block, before the activation; None: none.
        act_cfg: activation of the convolutions; None: none.

    Raises:
        InputError: a width is not positive, a kernel is even, there are no dilations, or a layer cannot be built.
    """

    def __init__(
        self,
        in_channels: int,
        base_channels: int = 256,
        branch_channels: int = 64,
        kernel_size: int = 3,
        dilations: Sequence[int] = (1, 2, 3),
        conv_cfg: Mapping[str, Any] | None = None,
        norm_cfg: Mapping[str, Any] | None = None,
        act_cfg: Mapping[str, Any] | None = RELU,
    ) -> None:
        super().__init__()
        check_positive(base_channels=base_channels, branch_channels=branch_channels)
        check_dilations(dilations)
        conv = partial(build_snippet_conv, conv_cfg=conv_cfg, norm_cfg=norm_cfg, act_cfg=act_cfg)
        self.base = conv(in_channels, base_channels, 1)
        self.pyramid = nn.ModuleList(
            conv(base_channels, branch_channels, kernel_size, dilation) for dilation in dilations
        )
        self.pointwise = conv(base_channels, branch_channels, 1)
        self.non_local = MaskedNonLocal1d(base_channels, norm_cfg)
        self.out_channels = (base_channels, (len(dilations) + 1) * branch_channels + base_channels)

    def forward(self, x: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """The pair for the class-agnostic and the class-specific branch.

        Args:
            x: ``X``, (B, T, D).
            mask: (B, T), True for real snippets.

        Returns:
            (B, T, base_channels) and (B, T, the sum of all branches).
        """
        base = zero_padding(self.base(x, mask), mask)
        local = [conv(base, mask, zeroed=True) for conv in (*self.pyramid, self.pointwise)]
        return base, torch.cat([*local, self.non_local(base, mask)], dim=-1)
