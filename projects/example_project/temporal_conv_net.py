"""A backbone that mmacl does not know: residual convolutions whose view doubles from layer to layer."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn

from mmacl.registry import MODELS
from mmacl.utils import InputError


class _DilatedLayer(nn.Module):
    """Look ``dilation`` snippets to either side, mix the channels, add the result to the input."""

    def __init__(self, channels: int, kernel_size: int, dilation: int) -> None:
        super().__init__()
        reach = dilation * (kernel_size - 1) // 2
        self.look_around = nn.Conv1d(channels, channels, kernel_size, padding=reach, dilation=dilation)
        self.mix = nn.Conv1d(channels, channels, 1)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """(B, channels, T) and (B, 1, T) to (B, channels, T)."""
        # The bias of the layer before has filled the padding, and this layer would look at it.
        x = x * mask
        return x + self.mix(self.look_around(x).relu())


@MODELS.register_module()
class TemporalConvNet(nn.Module):
    """A stack of dilated convolutions in place of :class:`FAB`.

    A backbone takes ``in_channels``, which the model fills in, states ``out_channels``, and turns the snippets of a
    batch and their mask into ``X_e``. That is all mmacl asks of it.

    Args:
        in_channels: width D of the features.
        channels: width D_1 of ``X_e``.
        dilations: one layer each; a layer sees ``dilation`` snippets to either side for each step of its kernel.
        kernel_size: odd, so that the output is as long as the input.

    Raises:
        InputError: the kernel size is even.
    """

    def __init__(
        self, in_channels: int, channels: int = 128, dilations: Sequence[int] = (1, 2, 4), kernel_size: int = 3
    ) -> None:
        super().__init__()
        if kernel_size % 2 == 0:
            raise InputError(
                f'backbone.kernel_size={kernel_size} is even; choose an odd one, such as {kernel_size + 1}'
            )
        self.out_channels = channels
        self.project = nn.Conv1d(in_channels, channels, 1)
        self.layers = nn.ModuleList(_DilatedLayer(channels, kernel_size, dilation) for dilation in dilations)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """Embed the snippets of a batch.

        Args:
            x: features, (B, T, D).
            mask: True at real snippets, (B, T).

        Returns:
            ``X_e``, (B, T, channels), 0 at padding.
        """
        real = mask[:, None].to(x.dtype)
        x = self.project(x.transpose(1, 2) * real)
        for layer in self.layers:
            x = layer(x, real)
        return (x * real).transpose(1, 2)
