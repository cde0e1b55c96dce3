"""Video networks of torchvision, trained on Kinetics-400; torchvision is optional."""

from __future__ import annotations

from importlib import import_module
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from mmacl.registry import EXTRACTORS
from mmacl.utils import InputError
from mmacl.video.extractors.feature_extractor import ExtractorFacts, FeatureExtractor
from mmacl.video.extractors.weights import digest_of, load_weights, read_weights

_LOADER = "torchvision's own (--weights default)"


class TorchvisionExtractor(FeatureExtractor):
    """Features of a network of ``torchvision.models.video`` before its classifier.

    Args:
        weights: ``'default'``: torchvision downloads its weights, or finds them in its cache; a file, see
            :func:`read_weights`; ``'random'``: random weights from seed 0, for tests of the way.
        options: of :class:`FeatureExtractor`.

    Attributes:
        network_name, classifier: name of the network in torchvision, and of its part that is left out.
        mean, std: of the colours, as the weights expect them.

    Raises:
        InputError: torchvision is missing or does not fit torch, or there are no weights.
    """

    network_name: ClassVar[str]
    classifier: ClassVar[str]
    mean: ClassVar[tuple[float, float, float]]
    std: ClassVar[tuple[float, float, float]]

    def __init__(self, weights: str | None = None, **options: Any) -> None:
        super().__init__(**options)
        if not weights:
            raise InputError(f'{self.network_name} needs weights', remedy='give --weights default, or a file')
        models = import_optional('torchvision.models')
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            network = models.get_model(self.network_name, weights=None)
        setattr(network, self.classifier, nn.Identity())
        if weights != 'random':
            load_weights(network, self._read(models, weights), weights, unused=f'{self.classifier}.')
        self.weights_name = weights if weights == 'random' else digest_of(network)
        self.network = network.eval().to(self.device)
        colours = torch.tensor([self.mean, self.std], device=self.device)
        self._mean, self._std = colours.reshape(2, 3, 1, 1, 1)

    def _read(self, models: Any, weights: str) -> dict[str, Tensor]:
        """Read weights from a file or through torchvision."""
        if weights != 'default':
            return read_weights(weights)
        try:
            found: dict[str, Tensor] = models.get_model_weights(self.network_name).DEFAULT.get_state_dict(progress=True)
        except OSError as error:  # no network, or no space
            raise InputError(
                f'torchvision could not fetch the weights of {self.network_name} ({error})',
                remedy='download them elsewhere, and name the file with --weights',
            ) from error
        return found

    def embed(self, clips: Tensor) -> Tensor:
        """(N, 3, window, crop_size, crop_size) in [0, 1] to (N, D)."""
        features: Tensor = self.network((clips - self._mean) / self._std)
        return features

    def settings(self) -> dict[str, Any]:
        """Return also a digest of the weights."""
        return {**super().settings(), 'weights': self.weights_name}


@EXTRACTORS.register_module(name=['S3D', 's3d'])
class S3D(TorchvisionExtractor):
    """S3D (Xie et al., ECCV 2018)."""

    network_name, classifier = 's3d', 'classifier'
    mean, std = (0.43216, 0.394666, 0.37645), (0.22803, 0.22145, 0.216989)
    feature_dim = 1024
    facts = ExtractorFacts(parameters=7.9, gflops=36.0, fps=15, weights=_LOADER)


@EXTRACTORS.register_module(name=['R3D18', 'r3d_18'])
class R3D18(TorchvisionExtractor):
    """ResNet-18 with 3D convolutions (Tran et al., CVPR 2018)."""

    network_name, classifier = 'r3d_18', 'fc'
    mean, std = (0.43216, 0.394666, 0.37645), (0.22803, 0.22145, 0.216989)
    feature_dim, short_side, crop_size = 512, 128, 112
    facts = ExtractorFacts(parameters=33.2, gflops=81.4, fps=15, weights=_LOADER)


@EXTRACTORS.register_module(name=['MViTV2S', 'mvit_v2_s'])
class MViTV2S(TorchvisionExtractor):
    """Multiscale vision transformer, second version, small (Li et al., CVPR 2022)."""

    network_name, classifier = 'mvit_v2_s', 'head'
    mean, std = (0.45, 0.45, 0.45), (0.225, 0.225, 0.225)
    feature_dim = 768
    facts = ExtractorFacts(parameters=34.2, gflops=128.4, fps=7.5, weights=_LOADER)


@EXTRACTORS.register_module(name=['Swin3DT', 'swin3d_t'])
class Swin3DT(TorchvisionExtractor):
    """Video Swin transformer, tiny (Liu et al., CVPR 2022); 32 frames a snippet."""

    network_name, classifier = 'swin3d_t', 'head'
    mean, std = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
    feature_dim, window = 768, 32
    facts = ExtractorFacts(parameters=27.9, gflops=175.5, fps=15, weights=_LOADER)


def import_optional(name: str) -> Any:
    """Import torchvision, timm, or a module of them.

    Raises:
        InputError: it is not installed, or does not fit the installed torch.
    """
    package = name.partition('.')[0]
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        raise InputError(f'{error.name} is not installed', remedy="run: pip install 'mmacl[extractors]'") from error
    except (ImportError, RuntimeError) as error:  # a build for another torch lacks its operators
        reason = ' '.join(str(error).split())[:120]
        raise InputError(
            f'{package} does not fit the installed torch ({reason})',
            remedy=f'install {package} for torch {torch.__version__}',
        ) from error
