"""Features that a program already holds."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from mmacl.datasets.stores import Features, FeatureStore, MissingFeaturesError, check_finite, check_shape
from mmacl.utils import InputError


class ArrayStore(FeatureStore):
    """Serve arrays from memory.

    Args:
        videos: features by name of the video and by modality, (T, D) each.

    Raises:
        InputError: something is not an array of real numbers.
    """

    layouts = ('in memory: {video: {modality: (T, D)}}',)

    def __init__(self, videos: Mapping[str, Mapping[str, ArrayLike]]) -> None:
        self._videos = {
            video: {modality: self._to_array(features, video, modality) for modality, features in streams.items()}
            for video, streams in videos.items()
        }

    def load(self, video: str, modality: str) -> Features:
        """Features of a video, (T, D), finite.

        Raises:
            MissingFeaturesError: there are none.
            InputError: they are not (T, D), or not finite.
        """
        self.shape(video, modality)
        features = self._videos[video][modality]
        check_finite(features, self.describe(video, modality))
        return features

    def shape(self, video: str, modality: str) -> tuple[int, int]:
        """T and D.

        Raises:
            MissingFeaturesError: there are none.
            InputError: they are not (T, D).
        """
        if modality not in self._videos.get(video, {}):
            given = ', '.join(self._videos.get(video, {})) or 'nothing'
            raise MissingFeaturesError(
                f'not among what was given ({given})',
                file=self.describe(video, modality),
                remedy='the model needs every stream that it was trained on',
            )
        return check_shape(self._videos[video][modality].shape, self.describe(video, modality))

    def list_videos(self, modality: str) -> tuple[str, ...]:
        """Names of the videos that have a modality, in alphabetical order."""
        return tuple(sorted(video for video, streams in self._videos.items() if modality in streams))

    def _to_array(self, features: ArrayLike, video: str, modality: str) -> Features:
        """Half and single precision as they are, other numbers as single precision."""
        try:
            array = np.asarray(features)
            if array.dtype in (np.float16, np.float32):
                return array
            return array.astype(np.float32, casting='same_kind' if array.dtype.kind in 'fiub' else 'safe')
        except (TypeError, ValueError) as error:
            raise InputError(f'not an array of numbers ({error})', file=self.describe(video, modality)) from error
