"""The baseline backbone of Table 5."""

from __future__ import annotations

from torch import Tensor, nn

from mmacl.models.layers import SnippetConv1d
from mmacl.registry import MODELS


@MODELS.register_module()
class Conv1D(nn.Module):
    """A standard temporal convolution with ReLU in the place of FAB (Sec. 4.5, first row of Table 5).

    Args:
        in_channels: D.
        out_channels: D_1; None: D, the width that FAB gives.
        kernel_size: odd, in snippets.

    Raises:
        InputError: a width is not positive or the kernel is even.
    """

    def __init__(self, in_channels: int, out_channels: int | None = None, kernel_size: int = 3) -> None:
        super().__init__()
        self.out_channels = in_channels if out_channels is None else out_channels
        self.conv = SnippetConv1d(in_channels, self.out_channels, kernel_size)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """``X_e``, (B, T, D_1), from ``X``, (B, T, D), and the mask of real snippets, (B, T)."""
        return self.conv(x, mask).relu()
