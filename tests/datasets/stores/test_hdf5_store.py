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


def test_plain_datasets_are_read_from_their_place(tmp_path):
    array = np.arange(36, dtype=np.float32).reshape(9, 4)
    with h5py.File(tmp_path / 'features.h5', 'w', userblock_size=512) as file:
        file['rgb/plain'] = array
        file['rgb/soft'] = h5py.SoftLink('/rgb/plain')
        file['rgb/big_endian'] = array.astype('>f4')
        file['rgb/half'] = array.astype('f2')
        file['rgb/double'] = array.astype('f8')
        file.create_dataset('rgb/never_written', (9, 4), 'f4', fillvalue=3.0)
        file.create_dataset('rgb/gzip', data=array, chunks=(3, 2), compression='gzip')
        file.create_dataset('rgb/chunks', data=array, chunks=(3, 2))
        space = h5py.h5s.create_simple((9, 4))
        odd = h5py.h5t.IEEE_F32LE.copy()
        odd.set_ebias(120)
        h5py.h5d.create(file['rgb'].id, b'odd_floats', odd, space).write(h5py.h5s.ALL, h5py.h5s.ALL, array)
        compact = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        compact.set_layout(h5py.h5d.COMPACT)
        dataset = h5py.h5d.create(file['rgb'].id, b'compact', h5py.h5t.IEEE_F32LE, space, compact)
        dataset.write(h5py.h5s.ALL, h5py.h5s.ALL, array)
        names = list(file['rgb'])
    store = HDF5Store(tmp_path)
    for _ in range(2):
        for name in names:
            expected = np.full_like(array, 3) if name == 'never_written' else array
            np.testing.assert_array_equal(store.load(name, 'rgb'), expected)
    opened, _ = store._memo.get(store.path, None)
    direct = {key.split('/')[1] for key, place in opened.places.items() if place is not None}
    assert direct == {'plain', 'soft', 'big_endian', 'half', 'double'}


def test_a_link_through_another_file_is_refused(tmp_path):
    with h5py.File(tmp_path / 'other.h5', 'w') as file:
        file['g/x'] = np.full((9, 4), 7, np.float32)
    with h5py.File(tmp_path / 'features.h5', 'w') as file:
        file['outside'] = h5py.ExternalLink('other.h5', '/g')
        file['rgb/a'] = h5py.SoftLink('/outside/x')
        file['rgb/b'] = h5py.SoftLink('/nowhere')
        file.create_dataset('rgb/c', data=np.ones((2, 3), np.float32), external=[(str(tmp_path / 'raw.bin'), 0, 24)])
    store = HDF5Store(tmp_path)
    for video in 'ac':
        for ask in (store.load, store.shape):
            with pytest.raises(InputError, match='another file'):
                ask(video, 'rgb')
    with pytest.raises(MissingFeaturesError):
        store.load('b', 'rgb')


def test_a_file_that_may_not_be_read_need_not_be_copied_again(tmp_path, monkeypatch):
    (tmp_path / 'features.h5').touch()

    def refuse(*_):
        raise PermissionError(13, 'Unable to synchronously open file')

    monkeypatch.setattr(h5py, 'File', refuse)
    with pytest.raises(InputError, match=r'features\.h5: may not be read; check its permissions'):
        HDF5Store(tmp_path).list_videos('rgb')
