"""Snippets of many videos in one tensor a stream, and rows of it in the place of features."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from torch import Tensor


class SnippetRows(np.ndarray):
    """Rows of a :class:`FeatureTable`, (T,) int64, in the place of features: a crop cuts them as it cuts features."""


class FeatureTable:
    """Snippets of all videos, one below the other; row 0 holds zeros, for padding.

    Args:
        features: by modality, (1 + S, D), the snippets of all videos; row 0 is 0.
        first_rows: the row of the first snippet of each video, (N,).
    """

    def __init__(self, features: Mapping[str, Tensor], first_rows: NDArray[np.int64]) -> None:
        self.features = dict(features)
        self.first_rows = first_rows

    @property
    def num_bytes(self) -> int:
        """Bytes that the table takes."""
        return sum(x.numel() * x.element_size() for x in self.features.values())

    def gather(self, rows: Tensor) -> dict[str, Tensor]:
        """Features of a batch by modality, (B, T, D), from the rows of its snippets, (B, T), on the table's device."""
        flat = rows.flatten()
        return {modality: x.index_select(0, flat).view(*rows.shape, -1) for modality, x in self.features.items()}
