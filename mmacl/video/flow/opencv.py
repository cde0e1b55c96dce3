"""Optical flow by OpenCV, on the CPU."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import torch
from torch import Tensor

from mmacl.registry import FLOWS
from mmacl.utils import InputError

_PRESETS = {'ultrafast': 0, 'fast': 1, 'medium': 2}


@FLOWS.register_module(name=['DISFlow', 'dis'])
@dataclass(frozen=True)
class DISFlow:
    """Dense inverse search (Kroeger et al., ECCV 2016), the quick choice; see :class:`FlowMethod`.

    Args:
        device: not used.
        preset: ``'ultrafast'``, ``'fast'`` or ``'medium'``.

    Raises:
        InputError: the preset is not known.
    """

    device: str = 'cpu'
    preset: str = 'medium'

    def __post_init__(self) -> None:
        if self.preset not in _PRESETS:
            raise InputError(f'preset={self.preset!r} is not known', remedy=f'use one of {", ".join(_PRESETS)}')

    def __call__(self, first: Tensor, second: Tensor) -> Tensor:
        """Find where each pixel goes."""
        import cv2

        return _each_pair(cast('Any', cv2).DISOpticalFlow_create(_PRESETS[self.preset]), first, second)


@FLOWS.register_module(name=['OpenCVTVL1Flow', 'tvl1_opencv'])
@dataclass(frozen=True)
class OpenCVTVL1Flow:
    """TV-L1 as OpenCV's extra modules implement it, with their defaults; see :class:`FlowMethod`.

    Args:
        device: not used.
    """

    device: str = 'cpu'

    def __call__(self, first: Tensor, second: Tensor) -> Tensor:
        """Find where each pixel goes.

        Raises:
            InputError: OpenCV was built without its extra modules.
        """
        import cv2

        if not hasattr(cv2, 'optflow'):
            raise InputError(
                'this OpenCV has no cv2.optflow',
                remedy='use tvl1, or run: pip install --force-reinstall opencv-contrib-python-headless',
            )
        return _each_pair(cast('Any', cv2).optflow.DualTVL1OpticalFlow_create(), first, second)


def _each_pair(method: Any, first: Tensor, second: Tensor) -> Tensor:
    """Call OpenCV for each pair, (N, H, W) uint8 to (N, 2, H, W)."""
    pairs = zip(first.byte().numpy(), second.byte().numpy(), strict=True)
    return torch.stack([torch.from_numpy(method.calc(a, b, None)).permute(2, 0, 1) for a, b in pairs])
