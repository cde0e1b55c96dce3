"""Image networks of timm as encoders of single frames; timm is optional."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from mmacl.registry import EXTRACTORS
from mmacl.utils import InputError
from mmacl.video.extractors.feature_extractor import ExtractorFacts, FeatureExtractor
from mmacl.video.extractors.torchvision_extractors import import_optional
from mmacl.video.extractors.weights import digest_of, load_weights, read_weights


@EXTRACTORS.register_module(name=['TimmFrames', 'timm_frames'])
class TimmFrames(FeatureExtractor):
    """Encode frames spread over a snippet with an image network, and average their features.

    Appearance only: such features know nothing of motion.

    Args:
        weights: ``'default'``: timm downloads its weights, or finds them in its cache; a file, see
            :func:`read_weights`; ``'random'``: random weights from seed 0, for tests of the way.
        model: name of a network of timm.
        frames: frames of a snippet that are encoded.
        options: of :class:`FeatureExtractor`.

    Raises:
        InputError: timm is missing, has no such network, or there are no weights.
    """

    facts = ExtractorFacts(parameters=23.5, gflops=32.7, fps=None, weights="timm's own (--weights default)")
    feature_dim = 2048

    def __init__(self, weights: str | None = None, model: str = 'resnet50', frames: int = 4, **options: Any) -> None:
        super().__init__(**options)
        if not weights:
            raise InputError('timm_frames needs weights', remedy='give --weights default, or a file')
        if not 1 <= frames <= self.window:
            raise InputError(f'frames={frames} is not between 1 and {self.window}')
        timm = import_optional('timm')
        if not timm.is_model(model):
            near = ', '.join(timm.list_models(f'*{model[:8]}*')[:5])
            raise InputError(f'timm has no network {model!r}', remedy=f'near are {near}' if near else 'see its list')
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            try:
                network = timm.create_model(model, pretrained=weights == 'default', num_classes=0)
            except OSError as error:  # no network, or no space
                raise InputError(f'timm could not fetch the weights of {model} ({error})') from error
        facts = network.pretrained_cfg
        if weights not in ('random', 'default'):
            classifiers = facts.get('classifier') or 'fc'
            unused = [classifiers] if isinstance(classifiers, str) else classifiers
            load_weights(network, read_weights(weights), weights, unused=tuple(f'{name}.' for name in unused))
        self.weights_name = weights if weights == 'random' else digest_of(network)
        self.network = network.eval().to(self.device)
        self.feature_dim = int(network.num_features)
        self.crop_size = int(facts['input_size'][-1])
        self.short_side = round(self.crop_size / 0.875)
        self.model, self.frames = model, frames
        self._mean, self._std = (
            torch.tensor(facts[key], device=self.device).reshape(3, 1, 1) for key in ('mean', 'std')
        )

    def embed(self, clips: Tensor) -> Tensor:
        """(N, 3, window, crop_size, crop_size) in [0, 1] to (N, D)."""
        count = self.frames
        chosen = [(2 * i + 1) * self.window // (2 * count) for i in range(count)]
        images = clips[:, :, chosen].transpose(1, 2).flatten(0, 1)
        features: Tensor = self.network((images - self._mean) / self._std)
        return features.reshape(len(clips), count, -1).mean(dim=1)

    def settings(self) -> dict[str, Any]:
        """Return also the network and a digest of its weights."""
        return {**super().settings(), 'model': self.model, 'frames': self.frames, 'weights': self.weights_name}
