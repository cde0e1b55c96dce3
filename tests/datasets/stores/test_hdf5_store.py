import h5py
import numpy as np
import pytest

from mmacl.datasets.stores import HDF5Store, MissingFeaturesError
from mmacl.utils import InputError


def test_templates_and_faults(tmp_path):
    with h5py.File(tmp_path / 'features.h5', 'w') as file:
        file['v1/c3d_features'] = np.ones((4, 5), np.float32)
        file['v2/c3d_features'] = h5py.ExternalLink('other.h5', '/x')
    store = HDF5Store(tmp_path, template='{video}/c3d_features')
    assert store.load('v1', 'c3d').shape == store.shape('v1', 'c3d') == (4, 5)
    with pytest.raises(InputError, match='another file'):
        store.load('v2', 'c3d')
    with pytest.raises(MissingFeaturesError):
        store.load('v3', 'c3d')
    (tmp_path / 'bad.h5').write_bytes(b'no')
    with pytest.raises(InputError, match='not an HDF5 file'):
        HDF5Store(tmp_path, 'bad.h5').load('v', 'rgb')
