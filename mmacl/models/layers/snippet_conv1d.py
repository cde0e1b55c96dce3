"""Convolution, norm and activation over the snippets of padded videos."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
import torch.nn.functional as F
from mmcv.cnn import build_activation_layer, build_conv_layer
from torch import Tensor, nn
from torch.nn.modules.conv import _ConvNd

from mmacl.models.checks import check_kernel, check_positive, with_known_type
from mmacl.models.layers.snippet_norm import build_snippet_norm, normalize_snippets
from mmacl.utils import InputError

LayerConfig = Mapping[str, Any]

#: Default ``act_cfg`` of backbones and heads; the paper names no non-linearity.
RELU: LayerConfig = {'type': 'ReLU'}


def zero_padding(x: Tensor, mask: Tensor) -> Tensor:
    """Set everything but real snippets to zero.

    Multiplies, which on a CPU takes a sixth of the time of ``masked_fill`` with a broadcast mask.

    Args:
        x: (B, T, D), finite at padding too.
        mask: (B, T), True for real snippets.

    Returns:
        (B, T, D).
    """
    return x * mask.unsqueeze(-1)


def build_snippet_conv(
    in_channels: int,
    out_channels: int,
    kernel_size: int = 3,
    dilation: int = 1,
    conv_cfg: LayerConfig | None = None,
    norm_cfg: LayerConfig | None = None,
    act_cfg: LayerConfig | None = None,
) -> MaskedConv:
    """Build a convolution, a norm and an activation that keep the length of a video and never see padding.

    This is :class:`mmcv.cnn.ConvModule` on (B, T, D) with a mask: the layers are built by ``build_conv_layer``,
    ``build_norm_layer`` and ``build_activation_layer`` and run in this order, and a convolution before a norm has no
    bias. Weights start as the layers define it; ``ConvModule`` would draw them anew.

    Args:
        in_channels: D.
        out_channels: width of the result.
        kernel_size: odd, in snippets.
        dilation: snippets from one tap to the next.
        conv_cfg: None or ``dict(type='Conv1d')``, which may set ``groups`` and ``bias``: :class:`SnippetConv1d`. Any
            other registered layer from (B, D, T) to (B, D', T) is given ``padding`` and ``dilation`` too; it is the
            attribute ``conv`` of the result.
        norm_cfg: see :func:`build_snippet_norm`; None: no norm.
        act_cfg: ``type`` and arguments of an activation, such as ``dict(type='GELU')``; None: no activation.

    Raises:
        InputError: a width is not positive, the kernel is even, a type is not registered, or a layer does not take its
            arguments, would see padding or would change the length.
    """
    check_positive(in_channels=in_channels, out_channels=out_channels)
    check_kernel(kernel_size, dilation)
    config = with_known_type('conv_cfg', {'type': nn.Conv1d, **(conv_cfg or {})})
    config.setdefault('bias', norm_cfg is None)
    if config['type'] is not nn.Conv1d:
        return _WrappedConv1d(config, in_channels, out_channels, kernel_size, dilation, norm_cfg, act_cfg)
    unknown = sorted(set(config) - {'type', 'groups', 'bias'})
    if unknown:
        raise InputError(f'conv_cfg: Conv1d takes no {unknown[0]!r} here', remedy="set only 'groups' or 'bias'")
    config.update(type=SnippetConv1d, norm_cfg=norm_cfg, act_cfg=act_cfg)
    conv: SnippetConv1d = _build(
        build_conv_layer, 'conv_cfg', config, in_channels, out_channels, kernel_size, dilation=dilation
    )
    return conv


class MaskedConv(nn.Module):
    """A convolution, then a norm, then an activation, on the real snippets of padded videos."""

    #: Snippets that a result sees to either side.
    reach: int

    def _add_norm_and_activation(
        self, channels: int, norm_cfg: LayerConfig | None, act_cfg: LayerConfig | None
    ) -> None:
        """Build both; a norm gets the name that mmcv gives it, such as ``bn``."""
        self.norm_name: str | None = None
        if norm_cfg is not None:
            self.norm_name, norm = build_snippet_norm(norm_cfg, channels)
            self.add_module(self.norm_name, norm)
        self.activate: nn.Module | None = None
        if act_cfg is not None:
            self.activate = _build(build_activation_layer, 'act_cfg', with_known_type('act_cfg', act_cfg))

    def convolve(self, x: Tensor) -> Tensor:
        """(B, T, in_channels) to (B, T, out_channels)."""
        raise NotImplementedError

    def forward(self, x: Tensor, mask: Tensor | None = None, zeroed: bool = False) -> Tensor:
        """Convolve, normalise, activate.

        Args:
            x: (B, T, in_channels).
            mask: (B, T), True for real snippets; nothing else is seen. None: all are real.
            zeroed: x is 0 at padding already and need not be zeroed again.

        Returns:
            (B, T, out_channels), finite but meaningless at padding.
        """
        if self.reach and mask is not None and not zeroed:
            x = zero_padding(x, mask)
        x = self.convolve(x)
        if self.norm_name is not None:
            real = x.new_ones(x.shape[:2], dtype=torch.bool) if mask is None else mask
            x = normalize_snippets(self.get_submodule(self.norm_name), x, real)
        if self.activate is None:
            return x
        # An activation that learns, such as PReLU, expects channels in the second place.
        learns = next(self.activate.parameters(), None) is not None
        activated: Tensor = self.activate(x.transpose(1, 2)).transpose(1, 2) if learns else self.activate(x)
        return activated


class SnippetConv1d(MaskedConv, nn.Conv1d):
    """1D convolution of (B, T, D) sequences; weight, bias and their start are those of :class:`torch.nn.Conv1d`.

    A (B, T, D) tensor is a channels-last image of height 1, so it is convolved where it lies, without a transpose; on a
    CPU that is also the fastest layout.

    Args:
        in_channels, out_channels, kernel_size, dilation, norm_cfg, act_cfg: see :func:`build_snippet_conv`.
        groups: blocks of channels that are convolved apart.
        bias: add one.

    Raises:
        InputError: a width is not positive, the kernel is even, or a norm or an activation cannot be built.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int = 3,
        dilation: int = 1,
        groups: int = 1,
        bias: bool = True,
        norm_cfg: LayerConfig | None = None,
        act_cfg: LayerConfig | None = None,
    ) -> None:
        check_positive(in_channels=in_channels, out_channels=out_channels)
        check_kernel(kernel_size, dilation)
        reach = dilation * (kernel_size - 1) // 2
        nn.Conv1d.__init__(
            self, in_channels, out_channels, kernel_size, padding=reach, dilation=dilation, groups=groups, bias=bias
        )
        self.reach = reach
        self._add_norm_and_activation(out_channels, norm_cfg, act_cfg)

    def convolve(self, x: Tensor) -> Tensor:
        """(B, T, in_channels) to (B, T, out_channels)."""
        if self.reach == 0 and self.groups == 1:
            return F.linear(x, self.weight.squeeze(-1), self.bias)
        image = x.unsqueeze(1).permute(0, 3, 1, 2)  # (B, D, 1, T)
        image = F.conv2d(
            image, self.weight.unsqueeze(2), self.bias, 1, (0, self.reach), (1, *self.dilation), self.groups
        )
        return image.squeeze(2).transpose(1, 2)


class _WrappedConv1d(MaskedConv):
    """Any layer from (B, D, T) to (B, D', T), see :func:`build_snippet_conv`."""

    def __init__(
        self,
        config: dict[str, Any],
        in_channels: int,
        out_channels: int,
        kernel_size: int,
        dilation: int,
        norm_cfg: LayerConfig | None,
        act_cfg: LayerConfig | None,
    ) -> None:
        super().__init__()
        self.reach = dilation * (kernel_size - 1) // 2
        shape = (in_channels, out_channels, kernel_size)
        self.conv = _build(build_conv_layer, 'conv_cfg', config, *shape, padding=self.reach, dilation=dilation)
        name = type(self.conv).__name__
        if isinstance(self.conv, _ConvNd) and not isinstance(self.conv, nn.Conv1d):
            raise InputError(f'conv_cfg.type={name!r} is not a convolution over time', remedy="use 'Conv1d'")
        if isinstance(self.conv, nn.Conv1d) and (self.conv.padding_mode != 'zeros' or self.conv.stride != (1,)):
            raise InputError(
                f'conv_cfg: {name} with padding_mode={self.conv.padding_mode!r} and stride={self.conv.stride} would '
                'see padding or change the length',
                remedy="leave padding_mode='zeros' and stride=1",
            )
        self._add_norm_and_activation(out_channels, norm_cfg, act_cfg)

    def convolve(self, x: Tensor) -> Tensor:
        """(B, T, in_channels) to (B, T, out_channels)."""
        result: Tensor = self.conv(x.transpose(1, 2)).transpose(1, 2)
        if result.shape[:2] != x.shape[:2]:
            raise InputError(
                f'conv_cfg: {type(self.conv).__name__} makes {result.shape[1]} of {x.shape[1]} snippets',
                remedy='use a layer that keeps their number',
            )
        return result


def _build(builder: Callable[..., Any], key: str, config: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
    """Build a layer with a builder of mmcv; turn its errors into an :class:`InputError` that names the key."""
    try:
        return builder(config, *args, **kwargs)
    except InputError:
        raise
    except (TypeError, ValueError) as error:
        raise InputError(f'{key} cannot be built: {error}') from error
