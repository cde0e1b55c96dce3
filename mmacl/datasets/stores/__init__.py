"""Feature stores: where (T, D) arrays come from."""

from mmacl.datasets.stores.build_store import build_store
from mmacl.datasets.stores.cached_store import CachedStore
from mmacl.datasets.stores.feature_checks import check_finite, check_shape
from mmacl.datasets.stores.feature_store import Features, FeatureStore
from mmacl.datasets.stores.missing_features_error import MissingFeaturesError
from mmacl.datasets.stores.npy_folder_store import NpyFolderStore

__all__ = [
    'CachedStore',
    'FeatureStore',
    'Features',
    'MissingFeaturesError',
    'NpyFolderStore',
    'build_store',
    'check_finite',
    'check_shape',
]
