"""What every clusterer is called with and gives back."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmacl.structures import PseudoLabels


class BaseClusterer(ABC):
    """Gives every training video its cluster, or clusters.

    Attributes:
        uses_representations: whether it needs ``representations``; if not, nobody computes them.
        uses_annotations: whether it needs ``action_counts``. Only weak supervision may: whoever says False is never
            shown them.
    """

    uses_representations: bool = False
    uses_annotations: bool = False

    @abstractmethod
    def __call__(
        self,
        video_names: tuple[str, ...],
        num_clusters: int,
        seed: int,
        representations: NDArray[np.float64] | None = None,
        action_counts: NDArray[np.integer[Any]] | None = None,
    ) -> PseudoLabels:
        """Cluster the videos.

        Args:
            video_names: N names.
            num_clusters: C; clusters are numbered from 0 and may be empty.
            seed: of every random choice; the same seed and input give the same labels.
            representations: (N, D), one row a video (:func:`video_representation`).
            action_counts: (N, num_actions) instances of each action in each video.

        Raises:
            InputError: what a person handed in cannot be clustered like this.
        """
