"""Convolution over the snippets of padded videos."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from mmacl.models.checks import check_kernel, check_positive
from mmacl.models.padding import zero_padding


class SnippetConv1d(nn.Conv1d):
    """1D convolution that keeps the length and never sees padding. Parameters and initialisation are torch's.

    A (B, T, D) tensor is a channels-last image of height 1, so it is convolved where it lies, without a transpose; on a
    CPU that is also the fastest layout.

    Args:
        in_channels: D.
        out_channels: width of the result.
        kernel_size: odd, in snippets.
        dilation: snippets from one tap to the next.

    Raises:
        InputError: a width is not positive or the kernel is even.
    """

    def __init__(self, in_channels: int, out_channels: int, kernel_size: int = 3, dilation: int = 1) -> None:
        check_positive(in_channels=in_channels, out_channels=out_channels)
        check_kernel(kernel_size, dilation)
        reach = dilation * (kernel_size - 1) // 2
        super().__init__(in_channels, out_channels, kernel_size, padding=reach, dilation=dilation)
        self.reach = reach

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        """Convolve.

        Args:
            x: (B, T, in_channels).
            mask: (B, T), True for real snippets; x is zeroed elsewhere first. None: it is zero there already.

        Returns:
            (B, T, out_channels), meaningless at padding.
        """
        if self.reach == 0:
            return F.linear(x, self.weight.squeeze(-1), self.bias)
        if mask is not None:
            x = zero_padding(x, mask)
        image = x.unsqueeze(1).permute(0, 3, 1, 2)  # (B, D, 1, T)
        weight = self.weight.unsqueeze(2)
        image = F.conv2d(image, weight, self.bias, padding=(0, self.reach), dilation=(1, *self.dilation))
        return image.squeeze(2).transpose(1, 2)
