"""Streams that lie side by side in one array."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from mmacl.datasets.stores.feature_store import Features
from mmacl.utils import InputError


class ChannelSlices:
    """Which columns of a (T, D) array belong to which modality.

    Args:
        slices: first column and the one after the last, by modality, such as
            ``dict(rgb=(0, 1024), flow=(1024, 2048))``; None: all columns belong to any modality.

    Raises:
        InputError: a pair is none of non-negative increasing integers.
    """

    def __init__(self, slices: Mapping[str, Sequence[int]] | None) -> None:
        self.slices = None if slices is None else {name: tuple(pair) for name, pair in slices.items()}
        for name, pair in (self.slices or {}).items():
            if len(pair) != 2 or not all(type(value) is int for value in pair) or not 0 <= pair[0] < pair[1]:
                raise InputError(f'slices: {name}={pair} is not (first column, column after the last); correct it')

    def has(self, modality: str) -> bool:
        """Whether there is such a modality."""
        return self.slices is None or modality in self.slices

    def shape(self, shape: tuple[int, int], modality: str, source: str) -> tuple[int, int]:
        """T and D of the part.

        Raises:
            InputError: the modality has no slice, or the array is narrower than that.
        """
        if self.slices is None:
            return shape
        if modality not in self.slices:
            raise InputError(f'{source}: no slice for modality {modality!r}; slices names {", ".join(self.slices)}')
        first, stop = self.slices[modality]
        if stop > shape[1]:
            raise InputError(f'{source}: {shape[1]} columns, but {modality} ends at {stop}; correct slices', 'width')
        return shape[0], stop - first

    def cut(self, features: Features, modality: str, source: str) -> Features:
        """The part, contiguous.

        Raises:
            InputError: as :meth:`shape`.
        """
        self.shape((features.shape[0], features.shape[1]), modality, source)
        if self.slices is None:
            return features
        first, stop = self.slices[modality]
        return np.ascontiguousarray(features[:, first:stop])
