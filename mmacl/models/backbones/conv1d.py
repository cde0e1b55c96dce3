"""The baseline backbone of Table 5."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import Tensor, nn

from mmacl.models.layers import RELU, build_snippet_conv
from mmacl.registry import MODELS


@MODELS.register_module()
class Conv1D(nn.Module):
    """A standard temporal convolution with ReLU instead of FAB (Sec. 4.5, first row of Table 5).

    Args:
        in_channels: D.
        out_channels: D_1; None: D, the width that FAB gives.
        kernel_size: odd, in snippets.
        conv_cfg: see :func:`build_snippet_conv`.
        norm_cfg: norm before the activation; None: none.
        act_cfg: activation; None: none.

    Raises:
        InputError: a width is not positive, the kernel is even, or a layer cannot be built.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int | None = None,
        kernel_size: int = 3,
        conv_cfg: Mapping[str, Any] | None = None,
        norm_cfg: Mapping[str, Any] | None = None,
        act_cfg: Mapping[str, Any] | None = RELU,
    ) -> None:
        super().__init__()
        self.out_channels = in_channels if out_channels is None else out_channels
        self.conv = build_snippet_conv(
            in_channels, self.out_channels, kernel_size, conv_cfg=conv_cfg, norm_cfg=norm_cfg, act_cfg=act_cfg
        )

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """``X_e``, (B, T, D_1), from ``X``, (B, T, D), and the mask of real snippets, (B, T)."""
        embedding: Tensor = self.conv(x, mask)
        return embedding
