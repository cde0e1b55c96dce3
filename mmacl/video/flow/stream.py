"""From a stream of frames to a stream of optical flow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mmacl.registry import FLOWS
from mmacl.utils import InputError
from mmacl.video.snippets import in_batches

#: Pairs at a time: on a CPU the arrays of one pair stay in the cache, a GPU wants many.
_PAIRS_ON_CPU, _PAIRS_ON_GPU = 1, 32


class FlowMethod(Protocol):
    """Finds the flow of pairs of frames; registered in ``FLOWS``, and built with ``device``."""

    def __call__(self, first: Tensor, second: Tensor) -> Tensor:
        """Find where each pixel of the first frames is in the second ones.

        Args:
            first: grey frames, (N, H, W) uint8.
            second: the next ones, likewise.

        Returns:
            (N, 2, H, W) float32, pixels to the right and down.
        """


def build_flow(method: str, device: str = 'cpu') -> FlowMethod:
    """Build the method of a name.

    Raises:
        InputError: there is none; names those that there are.
    """
    if FLOWS.get(method) is None:
        short = sorted(name for name in FLOWS.module_dict if name.islower())
        raise InputError(f'flow={method!r} is not registered', remedy=f'use one of {", ".join(short)}')
    built: FlowMethod = FLOWS.build({'type': method, 'device': device})
    return built


def flow_stream(
    frames: Iterable[NDArray[np.uint8]],
    method: FlowMethod,
    bound: float = 20.0,
    eight_bit: bool = False,
    pairs_at_a_time: int | None = None,
) -> Iterator[NDArray[np.float32]]:
    """Yield the flow from each frame to the next; the last is repeated, so that there are as many as frames.

    Args:
        frames: RGB, (H, W, 3).
        method: see :class:`FlowMethod`.
        bound: pixels; longer components are cut to it, and it becomes 1.
        eight_bit: round to the 256 levels of public flow images, in which 0 is 128, not quite the middle.
        pairs_at_a_time: None: 1 on a CPU, 32 on a GPU.

    Yields:
        (H, W, 2) in [-1, 1], to the right and down. A single frame gives zeros.
    """
    import cv2

    if pairs_at_a_time is None:
        pairs_at_a_time = _PAIRS_ON_CPU if str(getattr(method, 'device', 'cpu')) == 'cpu' else _PAIRS_ON_GPU
    latest: NDArray[Any] | None = None
    shape: tuple[int, ...] = ()

    def greys() -> Iterator[NDArray[Any]]:
        nonlocal shape
        for frame in frames:
            shape = frame.shape[:2]
            yield cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY)

    for pairs in in_batches(pairwise(greys()), pairs_at_a_time):
        first, second = (torch.from_numpy(np.stack(side)) for side in zip(*pairs, strict=True))
        flow = method(first, second).clamp(-bound, bound) / bound
        if eight_bit:
            flow = ((flow + 1) * 127.5).round() / 127.5 - 1
        fields = flow.permute(0, 2, 3, 1).cpu().numpy()
        yield from fields
        latest = fields[-1]
    if latest is not None:
        yield latest
    elif shape:
        yield np.zeros((*shape, 2), dtype=np.float32)
