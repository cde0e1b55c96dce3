"""What every extractor shares: crops, device and precision."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from mmacl.utils import InputError

_PRECISIONS = {'float32': None, 'bfloat16': torch.bfloat16, 'float16': torch.float16}
CROPS = ('center', 'ten')


@dataclass(frozen=True)
class ExtractorFacts:
    """What an extractor costs and needs, for :func:`list_extractors`.

    Attributes:
        parameters: millions.
        gflops: of a snippet; a multiplication and an addition count as two.
        fps: frames a second that the weights were trained with; None: images.
        weights: where they come from.
    """

    parameters: float
    gflops: float
    fps: float | None
    weights: str


class FeatureExtractor(nn.Module):
    """Turn snippets of frames into features. A subclass builds its network and implements :meth:`embed`.

    Args:
        crops: ``'center'``, or ``'ten'``: the four corners and the centre, and all five mirrored; their features are
            averaged.
        device: where to compute.
        precision: ``'float32'``, or ``'bfloat16'`` or ``'float16'`` through autocast.

    Attributes:
        modality: kind of frames: ``'rgb'``, (H, W, 3) uint8, or ``'flow'``, (H, W, 2) in [-1, 1].
        feature_dim: D.
        window: frames of a snippet.
        short_side, crop_size: pixels of the frames, and of the square that is cut out of them.
        facts: what it costs; None: it is not listed.

    Raises:
        InputError: an argument is not known.
    """

    modality: ClassVar[str] = 'rgb'
    facts: ClassVar[ExtractorFacts | None] = None
    feature_dim: int
    window: int = 16
    short_side: int = 256
    crop_size: int = 224

    def __init__(self, crops: str = 'center', device: str = 'cpu', precision: str = 'float32') -> None:
        super().__init__()
        if crops not in CROPS:
            raise InputError(f'crops={crops!r} is not known', remedy=f'use one of {", ".join(CROPS)}')
        if precision not in _PRECISIONS:
            raise InputError(f'precision={precision!r} is not known', remedy=f'use one of {", ".join(_PRECISIONS)}')
        self.crops = crops
        self.precision = precision
        self.device = torch.device(device)

    def prepare(self, frames: Iterable[NDArray[Any]]) -> Iterator[NDArray[Any]]:
        """Turn decoded frames, RGB of (H, W, 3), into what snippets are cut of; as many, and one at a time."""
        yield from frames

    @abstractmethod
    def embed(self, clips: Tensor) -> Tensor:
        """Compute features, (N, 3, window, crop_size, crop_size) in [0, 1] to (N, D)."""

    def settings(self) -> dict[str, Any]:
        """Return what decides the features of a video, as plain values; a folder holds features of one setting."""
        return {'extractor': type(self).__name__, 'window': self.window, 'crops': self.crops, 'dim': self.feature_dim}

    @torch.inference_mode()
    def extract(self, snippets: NDArray[Any]) -> NDArray[np.float32]:
        """Compute the features of snippets.

        Args:
            snippets: (N, window, H, W, channels), uint8 or, from -1 to 1, float32; the shorter side of the frames is at
                least ``crop_size``.

        Returns:
            (N, D) float32.

        Raises:
            InputError: a feature is NaN or infinite.
        """
        frames = torch.from_numpy(snippets).to(self.device).permute(0, 4, 1, 2, 3)
        dtype = _PRECISIONS[self.precision]
        total: Tensor | None = None
        crops = list(self._cut(frames))
        for crop in crops:
            values = crop.float().div_(255.0) if crop.dtype == torch.uint8 else crop
            with torch.autocast(self.device.type, dtype or torch.bfloat16, enabled=dtype is not None):
                found = self.embed(values.contiguous(memory_format=torch.channels_last_3d)).float()
            total = found if total is None else total + found
        assert total is not None
        features: NDArray[np.float32] = (total / len(crops)).cpu().numpy()
        if not np.isfinite(features).all():
            raise InputError('the features are NaN or infinite', remedy="use precision='float32', or check the weights")
        return features

    def _cut(self, frames: Tensor) -> list[Tensor]:
        """Cut the square or the ten squares, (N, C, T, H, W) to (N, C, T, crop_size, crop_size) each."""
        size = self.crop_size
        spare_y, spare_x = frames.shape[-2] - size, frames.shape[-1] - size
        places = [(spare_y // 2, spare_x // 2)]
        if self.crops == 'ten':
            places += [(0, 0), (0, spare_x), (spare_y, 0), (spare_y, spare_x)]
        cut = [frames[..., y : y + size, x : x + size] for y, x in places]
        return cut + [self.mirrored(crop) for crop in cut] if self.crops == 'ten' else cut

    def mirrored(self, frames: Tensor) -> Tensor:
        """Mirror frames left to right."""
        return frames.flip(-1)
