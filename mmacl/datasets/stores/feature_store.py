"""What a feature store does."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Features: TypeAlias = NDArray[np.floating[Any]]
"""Snippet features of one video and one modality, (T, D), float16 or float32, finite."""


class FeatureStore(ABC):
    """A place from which (T, D) arrays come, by the name of the video and the modality.

    A store that reads a folder takes ``root`` and ``subset`` (a name, several, or None) as keywords; the dataset fills
    them in. A store that wraps another takes it as ``store``. Stores are pickled into the workers of a data loader and
    are asked by several threads at once.
    """

    layouts: tuple[str, ...] = ()
    """Where features may lie, for messages."""

    @abstractmethod
    def load(self, video: str, modality: str) -> Features:
        """Features of a video, (T, D), float16 or float32, T and D at least 1, finite.

        Raises:
            MissingFeaturesError: there are none.
            InputError: there are, but not such ones.
        """

    @abstractmethod
    def shape(self, video: str, modality: str) -> tuple[int, int]:
        """T and D, without reading the features.

        Raises:
            MissingFeaturesError: there are none.
            InputError: there are, but not such ones, as far as can be seen without reading them.
        """

    @abstractmethod
    def list_videos(self, modality: str) -> tuple[str, ...]:
        """Names of all videos with features of a modality, in alphabetical order."""

    def describe(self, video: str, modality: str) -> str:
        """Where the features lie, for messages."""
        return f'{modality} features of video {video!r}'

    def source_files(self, video: str, modality: str) -> tuple[str, ...]:
        """Paths of the files from which the features are read; empty where a store cannot tell.

        Features are taken as unchanged where these files have kept their sizes and times.

        Raises:
            MissingFeaturesError: there are none.
        """
        return ()

    def num_snippets(self, video: str, modality: str) -> int:
        """T, without reading the features."""
        return self.shape(video, modality)[0]

    def feature_dim(self, video: str, modality: str) -> int:
        """D, without reading the features."""
        return self.shape(video, modality)[1]
