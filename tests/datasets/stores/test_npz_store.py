import zipfile

import numpy as np
import pytest

from mmacl.datasets.stores import MissingFeaturesError, NpzStore
from mmacl.utils import InputError


def test_faults(tmp_path):
    folder = tmp_path / 'features'
    folder.mkdir()
    np.savez(folder / 'a.npz', rgb=np.ones((2, 3)))
    (folder / 'b.npz').write_bytes((folder / 'a.npz').read_bytes()[:-30])
    np.savez(folder / 'c.npz', rgb=np.array([{}], dtype=object))
    store = NpzStore(tmp_path)
    assert store.shape('a', 'rgb') == (2, 3)
    with pytest.raises(MissingFeaturesError):
        store.load('a', 'flow')
    for video in 'bc':
        with pytest.raises(InputError, match=f'{video}.npz') as error:
            store.load(video, 'rgb')
        assert '\n' not in str(error.value)


def test_a_member_of_the_same_name_that_is_no_array_is_passed_over(tmp_path):
    (tmp_path / 'features').mkdir()
    np.savez_compressed(tmp_path / 'features/a.npz', rgb=np.ones((2, 3), np.float32))
    with zipfile.ZipFile(tmp_path / 'features/a.npz', 'a') as archive:
        archive.writestr('rgb', b'no array')
    np.testing.assert_array_equal(NpzStore(tmp_path).load('a', 'rgb'), np.ones((2, 3)))


def flip(path, place):
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize('save', [np.savez, np.savez_compressed])
def test_a_changed_value_is_found_by_its_checksum(tmp_path, save):
    folder = tmp_path / 'features'
    folder.mkdir()
    array = np.random.default_rng(0).random((40, 8), dtype=np.float32)
    save(folder / 'a.npz', rgb=array, flow=array)
    store = NpzStore(tmp_path)
    for _ in range(2):
        np.testing.assert_array_equal(store.load('a', 'rgb'), array)
    flip(folder / 'a.npz', 600)
    with pytest.raises(InputError, match=r'a\.npz'):
        store.load('a', 'rgb')
    np.testing.assert_array_equal(store.load('a', 'flow'), array)


def test_stored_arrays_of_any_order(tmp_path):
    folder = tmp_path / 'features'
    folder.mkdir()
    array = np.arange(12.0).reshape(3, 4)
    np.savez(
        folder / 'a.npz', f=np.asfortranarray(array), big=array.astype('>f4'), half=array.astype('f2'), n=np.arange(3)
    )
    store = NpzStore(tmp_path)
    for modality in ('f', 'big', 'half'):
        for _ in range(2):
            np.testing.assert_array_equal(store.load('a', modality), array)
    with pytest.raises(InputError, match='dtype int64'):
        store.load('a', 'n')


def test_an_array_that_does_not_fill_its_entry_is_refused(tmp_path):
    import zipfile

    folder = tmp_path / 'features'
    folder.mkdir()
    np.save(tmp_path / 'x.npy', np.ones((3, 4), np.float32))
    content = (tmp_path / 'x.npy').read_bytes()
    for extra in (content[:-4], content + b'1234'):
        for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            with zipfile.ZipFile(folder / 'a.npz', 'w', method) as archive:
                archive.writestr('rgb.npy', extra)
            for ask in (NpzStore(tmp_path).load, NpzStore(tmp_path).shape):
                with pytest.raises(InputError, match='shape'):
                    ask('a', 'rgb')
