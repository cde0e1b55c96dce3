"""Streams side by side in one array."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

from mmacl.datasets.stores.feature_store import Features
from mmacl.utils import InputError


class ChannelSlices:
    """Which columns of a (T, D) array belong to which modality.

    Args:
        slices: first column and the one after the last, by modality, such as
            ``dict(rgb=(0, 1024), flow=(1024, 2048))``; None: all columns belong to any modality.

    Raises:
        InputError: a pair is not (start, stop) with 0 <= start < stop.
    """

    def __init__(self, slices: Mapping[str, Sequence[int]] | None) -> None:
        self.slices = None if slices is None else {name: tuple(pair) for name, pair in slices.items()}
        for name, pair in (self.slices or {}).items():
            if len(pair) != 2 or not all(type(value) is int for value in pair) or not 0 <= pair[0] < pair[1]:
                raise InputError(
                    f'slices: {name}={pair} is not (first column, column after the last)', remedy='correct it'
                )
        pairs = sorted((self.slices or {}).values())
        self._overlap = any(first[1] > second[0] for first, second in pairwise(pairs))
        self._last_read = LastRead(len(pairs))

    def has(self, modality: str) -> bool:
        """Whether there is such a modality."""
        return self.slices is None or modality in self.slices

    def shape(self, shape: tuple[int, int], modality: str, source: str) -> tuple[int, int]:
        """T and D of the part.

        Raises:
            InputError: the modality has no slice, or the array has too few columns.
        """
        if self.slices is None:
            return shape
        if modality not in self.slices:
            raise InputError(
                f'no slice for modality {modality!r}', file=source, remedy=f'slices names {", ".join(self.slices)}'
            )
        first, stop = self.slices[modality]
        if stop > shape[1]:
            raise InputError(
                f'{shape[1]} columns, but {modality} ends at {stop}', file=source, remedy='correct slices', kind='width'
            )
        return shape[0], stop - first

    def take(self, key: str, modality: str, source: str, read: Callable[[], Features]) -> Features:
        """The part of the array that ``read()`` gives; the other parts are kept for the next requests of this thread.

        The parts are views of one array, whose rows hold the other parts between theirs: copying them apart would
        take longer than reading them.

        Args:
            key: names the array.
            modality: names the part.
            source: for messages.
            read: reads the array, (T, D), into memory that nothing else refers to.

        Raises:
            InputError: as :meth:`shape`.
        """
        if self.slices is None:
            return read()
        if modality not in self.slices:
            self.shape((0, 0), modality, source)
        return self.cut(self._last_read.get(key, modality, read), modality, source)

    def cut(self, features: Features, modality: str, source: str) -> Features:
        """The part; a view, unless it shares columns with another part.

        Raises:
            InputError: as :meth:`shape`.
        """
        self.shape((features.shape[0], features.shape[1]), modality, source)
        if self.slices is None:
            return features
        part = features[:, slice(*self.slices[modality])]
        return part.copy() if self._overlap else part


class LastRead:
    """Keep the array that a thread read last, so that its streams are not read one by one.

    A copy in another process starts empty. A part is handed out once, so that a caller may change it.

    Args:
        num_parts: streams in an array; the array is dropped when all were handed out.
    """

    def __init__(self, num_parts: int) -> None:
        self._num_parts = num_parts
        self._local = threading.local()

    def get(self, key: str, part: str, read: Callable[[], Features]) -> Features:
        """The result of ``read()``: the last one, if it is of this key and ``part`` was not handed out yet."""
        local = self._local
        if getattr(local, 'key', None) != key or part in local.handed_out:
            local.features = read()
            local.key, local.handed_out = key, set()
        features: Features = local.features
        local.handed_out.add(part)
        if len(local.handed_out) >= self._num_parts:
            local.key = local.features = None
        return features

    def __getstate__(self) -> dict[str, int]:
        return {'_num_parts': self._num_parts}

    def __setstate__(self, state: dict[str, int]) -> None:
        self.__dict__.update(state)
        self._local = threading.local()
