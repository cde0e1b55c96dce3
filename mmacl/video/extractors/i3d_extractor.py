"""I3D features, as most papers of the field use them."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from mmacl.registry import EXTRACTORS
from mmacl.utils import InputError
from mmacl.video.extractors.feature_extractor import FeatureExtractor
from mmacl.video.extractors.i3d import InceptionI3D
from mmacl.video.extractors.weights import load_weights, read_weights


@EXTRACTORS.register_module(name=['I3DRGB', 'i3d_rgb'])
class I3DRGB(FeatureExtractor):
    """I3D on RGB: 16 frames of 224 x 224 to 1024 values (Carreira and Zisserman, CVPR 2017; Sec. 4.2 of the paper).

    Args:
        weights: see :func:`read_weights`; public ones are converted by ``tools/model_converters/i3d.py``. ``'random'``:
            random weights from seed 0, for tests of the way; their features mean nothing.
        crops, device, precision: see :class:`FeatureExtractor`.

    Raises:
        InputError: there are no weights, or they are those of another network.
    """

    feature_dim = 1024
    _in_channels = 3

    def __init__(
        self, weights: str | None = None, crops: str = 'center', device: str = 'cpu', precision: str = 'float32'
    ) -> None:
        super().__init__(crops, device, precision)
        if not weights:
            raise InputError(
                f'{type(self).__name__} needs weights',
                remedy='name a file with --weights; tools/model_converters/i3d.py makes one from public weights',
            )
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            network = InceptionI3D(self._in_channels)
        if weights != 'random':
            load_weights(network, read_weights(weights), weights)
        self.weights_name = weights if weights == 'random' else _digest(network)
        self.network = network.fused().to(self.device)
        self.network.to(memory_format=torch.channels_last_3d)  # type: ignore[call-overload]

    def embed(self, clips: Tensor) -> Tensor:
        """(N, channels, 16, 224, 224) in [0, 1] to (N, 1024)."""
        features: Tensor = self.network(clips * 2 - 1)
        return features

    def settings(self) -> dict[str, Any]:
        """Return also a digest of the weights."""
        return {**super().settings(), 'weights': self.weights_name}


def _digest(network: torch.nn.Module) -> str:
    """Identify weights by their content."""
    import hashlib

    found = hashlib.sha256()
    for name, value in sorted(network.state_dict().items()):
        found.update(name.encode())
        found.update(value.contiguous().numpy().tobytes())
    return found.hexdigest()[:16]
