"""Feature stores from configs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mmacl.datasets.stores.cached_store import CachedStore
from mmacl.datasets.stores.feature_store import FeatureStore
from mmacl.registry import FEATURE_STORES


def build_store(
    config: Mapping[str, Any] | FeatureStore, folder: Mapping[str, Any], cache: Mapping[str, Any] | None = None
) -> FeatureStore:
    """A store from its config.

    Args:
        config: of the store, or a store, which is taken as it is. The config of a store that wraps another has a key
            ``store``.
        folder: ``root`` and ``subset``, for the innermost store where its config does not state them.
        cache: arguments of a :class:`CachedStore` around it; None: none.
    """
    if isinstance(config, FeatureStore):
        store = config
    elif 'store' in config:
        store = FEATURE_STORES.build({**config, 'store': build_store(config['store'], folder)})
    else:
        store = FEATURE_STORES.build(dict(config), default_args=dict(folder))
    return store if cache is None else CachedStore(store, **cache)
