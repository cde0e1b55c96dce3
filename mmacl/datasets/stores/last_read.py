"""The array that a thread read last."""

from __future__ import annotations

import threading
from collections.abc import Callable

from mmacl.datasets.stores.feature_store import Features


class LastRead:
    """Spare reading a file twice, when its streams are asked for one after the other.

    Each thread has its own; a copy in another process starts empty. No part is handed out twice, so that nobody sees
    what another did to it.

    Args:
        num_parts: how many streams an array holds; when all were handed out, it is let go of.
    """

    def __init__(self, num_parts: int) -> None:
        self._num_parts = num_parts
        self._local = threading.local()

    def get(self, key: str, part: str, read: Callable[[], Features]) -> Features:
        """What ``read()`` gives, or gave the last time, if ``part`` was not asked for since."""
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
