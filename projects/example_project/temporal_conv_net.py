"""A backbone that mmacl does not know: residual convolutions whose view doubles from layer to layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from torch import Tensor, nn

from mmacl.models.layers import RELU, build_snippet_conv
from mmacl.registry import MODELS


class _DilatedLayer(nn.Module):
    """Look ``dilation`` snippets to either side, mix the channels, add the result to the input."""

    def __init__(self, channels: int, kernel_size: int, dilation: int, **layers: Any) -> None:
        super().__init__()
        self.look_around = build_snippet_conv(channels, channels, kernel_size, dilation, **layers)
        self.mix = build_snippet_conv(channels, channels, 1)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """(B, T, channels) and (B, T) to (B, T, channels)."""
        # The bias of the layer before has filled the padding; the convolution sets it to zero before it looks.
        return x + self.mix(self.look_around(x, mask), mask)


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
        norm_cfg: norm of each dilated convolution, such as ``dict(type='LN')``; None: none.
        act_cfg: activation of each dilated convolution, such as ``dict(type='GELU')``; None: none.

    Raises:
        InputError: the kernel size is even, a width is not positive, or a layer cannot be built.
    """

    def __init__(
        self,
        in_channels: int,
        channels: int = 128,
        dilations: Sequence[int] = (1, 2, 4),
        kernel_size: int = 3,
        norm_cfg: Mapping[str, Any] | None = None,
        act_cfg: Mapping[str, Any] | None = RELU,
    ) -> None:
        super().__init__()
        self.out_channels = channels
        self.project = build_snippet_conv(in_channels, channels, 1)
        layers = dict(norm_cfg=norm_cfg, act_cfg=act_cfg)
        self.layers = nn.ModuleList(_DilatedLayer(channels, kernel_size, dilation, **layers) for dilation in dilations)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """Embed the snippets of a batch.

        Args:
            x: features, (B, T, D).
            mask: True at real snippets, (B, T).

        Returns:
            ``X_e``, (B, T, channels); values at padding have no meaning.
        """
        x = self.project(x, mask)
        for layer in self.layers:
            x = layer(x, mask)
        return x
