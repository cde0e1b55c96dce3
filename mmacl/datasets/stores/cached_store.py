"""Keep features in memory, up to a number of bytes."""

from __future__ import annotations

from threading import Lock
from typing import Any

import numpy as np

from mmacl.datasets.stores.feature_store import Features, FeatureStore
from mmacl.registry import FEATURE_STORES
from mmacl.utils import InputError


@FEATURE_STORES.register_module()
class CachedStore(FeatureStore):
    """Wrap any store: what was read once is kept while the budget lasts.

    What came first stays: videos are drawn at random, so evicting would only trade one for another. Features are cast
    whether or not they are kept, so that no result depends on what happens to be in the cache. The budget holds for
    each process: workers that are forked share what was read before, and then fill their own.

    Args:
        store: the store that reads.
        budget_bytes: bytes of features that are kept at most.
        dtype: ``'float32'``, or ``'float16'`` for half the memory.

    Raises:
        InputError: the budget is negative or the dtype another one.
    """

    def __init__(self, store: FeatureStore, budget_bytes: int, dtype: str = 'float32') -> None:
        if dtype not in ('float16', 'float32'):
            raise InputError(f"cache: dtype={dtype!r} is not 'float16' or 'float32'")
        if budget_bytes < 0:
            raise InputError(f'cache: budget_bytes={budget_bytes} is negative', remedy='state a number of bytes')
        self.store = store
        self.layouts = store.layouts
        self.budget_bytes = int(budget_bytes)
        self.dtype = np.dtype(dtype)
        self._clear()

    @property
    def used_bytes(self) -> int:
        """Bytes of features that are kept."""
        return self._used_bytes

    def load(self, video: str, modality: str) -> Features:
        """Features of a video, (T, D), of the cache's dtype, read-only.

        Raises:
            InputError: as the store that reads; or a value is too large for float16.
        """
        kept = self._kept.get((video, modality))
        if kept is not None:
            return kept
        features = self._cast(self.store.load(video, modality), video, modality)
        with self._lock:
            if (video, modality) not in self._kept and self._used_bytes + features.nbytes <= self.budget_bytes:
                self._kept[video, modality] = features
                self._used_bytes += features.nbytes
        return features

    def shape(self, video: str, modality: str) -> tuple[int, int]:
        """T and D, as the store that reads says."""
        return self.store.shape(video, modality)

    def list_videos(self, modality: str) -> tuple[str, ...]:
        """Names of all videos, as the store that reads says."""
        return self.store.list_videos(modality)

    def describe(self, video: str, modality: str) -> str:
        """Where the features lie, as the store that reads says."""
        return self.store.describe(video, modality)

    def source_files(self, video: str, modality: str) -> tuple[str, ...]:
        """Paths of the files, as the store that reads says."""
        return self.store.source_files(video, modality)

    def _cast(self, features: Features, video: str, modality: str) -> Features:
        """A read-only array of the cache's dtype."""
        with np.errstate(over='ignore'):
            cast = features.astype(self.dtype)
        if self.dtype.itemsize < features.dtype.itemsize and not np.isfinite(cast).all():
            largest = float(np.abs(features).max())
            raise InputError(
                f'{largest:g} does not fit into float16',
                file=self.describe(video, modality),
                remedy="set dtype='float32' for the cache",
                kind='dtype',
            )
        cast.flags.writeable = False
        return cast

    def _clear(self) -> None:
        """Keep nothing."""
        self._kept: dict[tuple[str, str], Features] = {}
        self._used_bytes = 0
        self._lock = Lock()

    def __getstate__(self) -> dict[str, Any]:
        """What is pickled: everything but the features and the lock."""
        return {key: value for key, value in self.__dict__.items() if key not in ('_kept', '_used_bytes', '_lock')}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Start with an empty cache."""
        self.__dict__.update(state)
        self._clear()
