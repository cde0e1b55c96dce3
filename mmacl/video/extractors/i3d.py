"""I3D, the network whose features the field uses (Carreira and Zisserman, CVPR 2017)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

Shape: TypeAlias = tuple[int, int, int]

#: Output channels of each inception block: branch 0; branch 1, reduced and full; branch 2, both; branch 3.
_MIXED = {
    'Mixed_3b': (64, 96, 128, 16, 32, 32),
    'Mixed_3c': (128, 128, 192, 32, 96, 64),
    'Mixed_4b': (192, 96, 208, 16, 48, 64),
    'Mixed_4c': (160, 112, 224, 24, 64, 64),
    'Mixed_4d': (128, 128, 256, 24, 64, 64),
    'Mixed_4e': (112, 144, 288, 32, 64, 64),
    'Mixed_4f': (256, 160, 320, 32, 128, 128),
    'Mixed_5b': (256, 160, 320, 32, 128, 128),
    'Mixed_5c': (384, 192, 384, 48, 128, 128),
}
#: Kernel and stride of the max pooling before a block.
_POOLED = {
    'Conv3d_2b_1x1': ((1, 3, 3), (1, 2, 2)),
    'Mixed_3b': ((1, 3, 3), (1, 2, 2)),
    'Mixed_4b': ((3, 3, 3), (2, 2, 2)),
    'Mixed_5b': ((2, 2, 2), (2, 2, 2)),
}


class InceptionI3D(nn.Module):
    """Inception-v1 inflated to three dimensions, up to its last maps; parameters are named as in public state dicts.

    Convolutions and pooling pad as TensorFlow's ``SAME``: a map of n values gives ceil(n / stride).

    Args:
        in_channels: 3 for RGB, 2 for optical flow.
        num_classes: classes of the classifier; 0: none, features only.
    """

    feature_dim = 1024

    def __init__(self, in_channels: int = 3, num_classes: int = 0) -> None:
        super().__init__()
        self.add_module('Conv3d_1a_7x7', _Unit(in_channels, 64, (7, 7, 7), (2, 2, 2)))
        self.add_module('Conv3d_2b_1x1', _Unit(64, 64, (1, 1, 1)))
        self.add_module('Conv3d_2c_3x3', _Unit(64, 192, (3, 3, 3)))
        width = 192
        for name, widths in _MIXED.items():
            self.add_module(name, _Inception(width, widths))
            width = widths[0] + widths[2] + widths[4] + widths[5]
        self.logits = nn.Module()
        if num_classes:
            self.logits.conv3d = nn.Conv3d(width, num_classes, 1)
        self.num_classes = num_classes

    def forward(self, clips: Tensor) -> Tensor:
        """Average the last maps of each clip over time and space.

        Args:
            clips: (N, in_channels, T, H, W) in [-1, 1], T a multiple of 8; the field uses 16 frames of 224 x 224.

        Returns:
            (N, 1024).
        """
        x = clips
        for name, module in self.named_children():
            if name in _POOLED:
                x = _max_pool(x, *_POOLED[name])
            if name != 'logits':
                x = module(x)
        return x.mean(dim=(2, 3, 4))

    def classify(self, features: Tensor) -> Tensor:
        """Score the classes from features, (N, 1024) to (N, num_classes), before the softmax."""
        classifier = self.logits.get_submodule('conv3d')
        logits: Tensor = classifier(features[..., None, None, None])
        return logits.flatten(1)

    def fused(self) -> InceptionI3D:
        """Fold the batch norms into the convolutions, for inference; returns the same, changed network."""
        for module in self.modules():
            if isinstance(module, _Unit) and isinstance(module.bn, nn.BatchNorm3d):
                module.conv3d, module.bn = fuse_conv_bn_eval(module.conv3d.eval(), module.bn.eval()), nn.Identity()
        return self.eval()


class _Unit(nn.Module):
    """A convolution, a batch norm, a ReLU."""

    def __init__(self, in_channels: int, out_channels: int, kernel: Shape, stride: Shape = (1, 1, 1)) -> None:
        super().__init__()
        self.conv3d = nn.Conv3d(in_channels, out_channels, kernel, stride, bias=False)
        self.bn: nn.Module = nn.BatchNorm3d(out_channels, eps=1e-3)

    def forward(self, x: Tensor) -> Tensor:
        """(N, in, T, H, W) to (N, out, T / stride, ...)."""
        conv = self.conv3d
        before, after = same_padding(x.shape[2:], cast('Shape', conv.kernel_size), cast('Shape', conv.stride))
        if before != after:  # what a convolution cannot do itself
            x, before = _pad(x, before, after), (0, 0, 0)
        return F.relu_(self.bn(F.conv3d(x, conv.weight, conv.bias, conv.stride, before)))


class _Inception(nn.Module):
    """Four branches side by side; names of the branches are those of public state dicts."""

    def __init__(self, in_channels: int, widths: Sequence[int]) -> None:
        super().__init__()
        self.b0 = _Unit(in_channels, widths[0], (1, 1, 1))
        self.b1a = _Unit(in_channels, widths[1], (1, 1, 1))
        self.b1b = _Unit(widths[1], widths[2], (3, 3, 3))
        self.b2a = _Unit(in_channels, widths[3], (1, 1, 1))
        self.b2b = _Unit(widths[3], widths[4], (3, 3, 3))
        self.b3b = _Unit(in_channels, widths[5], (1, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        """(N, in, T, H, W) to (N, sum of the branches, T, H, W)."""
        pooled = _max_pool(x, (3, 3, 3), (1, 1, 1))
        return torch.cat([self.b0(x), self.b1b(self.b1a(x)), self.b2b(self.b2a(x)), self.b3b(pooled)], dim=1)


def _max_pool(x: Tensor, kernel: Shape, stride: Shape) -> Tensor:
    """Pool what there is: the zeros of ``SAME`` change nothing, since all values are at least 0 after a ReLU.

    A last window that is not full, which one zero more at the end would fill, is what ``ceil_mode`` adds. On a CPU,
    pooling is ten times as fast with the channels last, and some of torch's convolutions put them first: those of
    1 x 1 x 1 in float32 with a single thread.
    """
    before, after = same_padding(x.shape[2:], kernel, stride)
    if x.device.type == 'cpu':
        x = x.contiguous(memory_format=torch.channels_last_3d)
    return F.max_pool3d(x, kernel, stride, before, ceil_mode=before != after)


def same_padding(sizes: Sequence[int], kernel: Shape, stride: Shape) -> tuple[Shape, Shape]:
    """Values to add before and after each dimension, so that n values give ceil(n / stride)."""
    missing = [max((-(-n // s) - 1) * s + k - n, 0) for n, k, s in zip(sizes, kernel, stride, strict=True)]
    before, after = tuple(m // 2 for m in missing), tuple(m - m // 2 for m in missing)
    return cast('Shape', before), cast('Shape', after)


def _pad(x: Tensor, before: Shape, after: Shape) -> Tensor:
    """Pad the last three dimensions with zeros."""
    return F.pad(x, [side for pair in zip(reversed(before), reversed(after), strict=True) for side in pair])
