"""Build a store from its config, and keep features in memory, up to a number of bytes."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock
from typing import Any

import numpy as np

from mmacl.datasets.stores.feature_store import Features, FeatureStore, Instead
from mmacl.registry import FEATURE_STORES
from mmacl.utils import InputError


@FEATURE_STORES.register_module()
class CachedStore(FeatureStore):
    """Wrap any store and keep what it reads while the budget lasts.

    Nothing is evicted: videos are drawn at random, so evicting would only trade one for another. Features are cast
    whether or not they are kept, so that no result depends on the state of the cache. The budget holds for each
    process: forked workers share what was read before the fork, and then fill their own.

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
        """Where the features are, as the store that reads says."""
        return self.store.describe(video, modality)

    def companion(self, video: str, modality: str, what: str) -> str | None:
        """Path of a file beside the features, as the store that reads says."""
        return self.store.companion(video, modality, what)

    def look_around(self, modality: str) -> tuple[Instead, ...]:
        """What there is instead of features, as the store that reads says."""
        return self.store.look_around(modality)

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
        """Start with an empty cache."""
        self._kept: dict[tuple[str, str], Features] = {}
        self._used_bytes = 0
        self._lock = Lock()

    def __getstate__(self) -> dict[str, Any]:
        """Everything but the features and the lock."""
        return {key: value for key, value in self.__dict__.items() if key not in ('_kept', '_used_bytes', '_lock')}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Start with an empty cache."""
        self.__dict__.update(state)
        self._clear()


def build_store(
    config: Mapping[str, Any] | FeatureStore, folder: Mapping[str, Any], cache: Mapping[str, Any] | None = None
) -> FeatureStore:
    """Build a store from its config.

    Args:
        config: of the store, or a store, which is taken as it is. The config of a store that wraps another has a key
            ``store``.
        folder: ``root`` and ``subset``, for the innermost store if its config does not state them.
        cache: arguments of a :class:`CachedStore` around it; None: none.
    """
    if isinstance(config, FeatureStore):
        store = config
    elif 'store' in config:
        store = FEATURE_STORES.build({**config, 'store': build_store(config['store'], folder)})
    else:
        store = FEATURE_STORES.build(dict(config), default_args=dict(folder))
    return store if cache is None else CachedStore(store, **cache)
