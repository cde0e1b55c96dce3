"""Feature stores: where (T, D) arrays come from."""

from mmacl.datasets.stores.build_store import build_store
from mmacl.datasets.stores.cached_store import CachedStore
from mmacl.datasets.stores.feature_checks import check_finite, check_shape
from mmacl.datasets.stores.feature_store import Features, FeatureStore
from mmacl.datasets.stores.hdf5_store import HDF5Store
from mmacl.datasets.stores.joint_npy_store import JointNpyStore
from mmacl.datasets.stores.missing_features_error import MissingFeaturesError
from mmacl.datasets.stores.npy_folder_store import NpyFolderStore
from mmacl.datasets.stores.npz_store import NpzStore
from mmacl.datasets.stores.safetensors_store import SafetensorsStore

__all__ = [
    'CachedStore',
    'FeatureStore',
    'Features',
    'HDF5Store',
    'JointNpyStore',
    'MissingFeaturesError',
    'NpyFolderStore',
    'NpzStore',
    'SafetensorsStore',
    'build_store',
    'check_finite',
    'check_shape',
]
