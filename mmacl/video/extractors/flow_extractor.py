"""What extractors that look at optical flow share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from numpy.typing import NDArray
from torch import Tensor

from mmacl.video.extractors.feature_extractor import FeatureExtractor
from mmacl.video.flow import build_flow, flow_stream


class FlowExtractor(FeatureExtractor):
    """An extractor whose :meth:`embed` takes flow, (N, 2, window, crop_size, crop_size) in [-1, 1].

    Args:
        flow: a method of the registry ``FLOWS``: ``'tvl1'``, ``'tvl1_opencv'``, ``'dis'``.
        bound: pixels a frame that become 1; longer flow is cut.
        eight_bit: round as public flow images do.
        crops, device, precision: see :class:`FeatureExtractor`.

    Raises:
        InputError: an argument is not known.
    """

    modality: ClassVar[str] = 'flow'

    def __init__(
        self,
        flow: str = 'tvl1',
        bound: float = 20.0,
        eight_bit: bool = False,
        crops: str = 'center',
        device: str = 'cpu',
        precision: str = 'float32',
    ) -> None:
        super().__init__(crops, device, precision)
        self._method = build_flow(flow, device)
        self._settings: dict[str, Any] = {'flow': flow, 'bound': bound, 'eight_bit': eight_bit}

    def prepare(self, frames: Iterable[NDArray[Any]]) -> Iterator[NDArray[Any]]:
        """Turn frames into as many fields of flow; see :func:`flow_stream`."""
        return flow_stream(frames, self._method, self._settings['bound'], self._settings['eight_bit'])

    def mirrored(self, frames: Tensor) -> Tensor:
        """Mirror flow left to right, which turns its first component round."""
        return frames.flip(-1) * frames.new_tensor([-1, 1]).reshape(2, 1, 1, 1)

    def settings(self) -> dict[str, Any]:
        """Return also the settings of the flow."""
        return {**super().settings(), **self._settings}
