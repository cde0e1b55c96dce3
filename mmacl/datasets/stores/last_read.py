"""The array that a thread read last."""

from __future__ import annotations

import threading
from collections.abc import Callable

from mmacl.datasets.stores.feature_store import Features


class LastRead:
    """Spare reading a file twice, when its streams are asked for one after the other.

    Each thread has its own; a copy in another process starts empty.
    """

    def __init__(self) -> None:
        self._local = threading.local()

    def get(self, key: str, read: Callable[[str], Features]) -> Features:
        """What ``read(key)`` gives, or gave the last time; the array is let go of at the second request."""
        if getattr(self._local, 'key', None) == key:
            features: Features = self._local.features
            self._local.key = self._local.features = None
            return features
        features = read(key)
        self._local.key, self._local.features = key, features
        return features

    def __getstate__(self) -> dict[str, object]:
        return {}

    def __setstate__(self, state: dict[str, object]) -> None:
        self._local = threading.local()
