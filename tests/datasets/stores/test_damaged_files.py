"""Bytes of a file of features are changed at random: a store gives whole, finite features, or refuses in one line."""

import random

import h5py
import numpy as np
import pytest
from safetensors.numpy import save_file

from mmacl.datasets.stores import MissingFeaturesError
from mmacl.registry import FEATURE_STORES
from mmacl.utils import InputError

ARRAY = np.arange(36.0, dtype=np.float32).reshape(9, 4)


def write_npy(root):
    (root / 'features/rgb').mkdir(parents=True)
    np.save(root / 'features/rgb/a.npy', ARRAY)
    return root / 'features/rgb/a.npy'


def write_joint(root):
    joint = np.empty(1, dtype=object)
    joint[0] = np.tile(ARRAY, (40, 1))
    np.save(root / 'j.npy', joint)
    np.save(root / 'videoname.npy', np.array(['a']))
    return root / 'j.npy'


def write_npz(root, save=np.savez):
    (root / 'features').mkdir()
    save(root / 'features/a.npz', rgb=ARRAY)
    return root / 'features/a.npz'


def write_hdf5(root, **filters):
    with h5py.File(root / 'features.h5', 'w') as file:
        file.create_dataset('rgb/a', data=ARRAY, **filters)
    return root / 'features.h5'


def write_safetensors(root):
    save_file({'rgb/a': ARRAY}, root / 'features.safetensors')
    return root / 'features.safetensors'


LAYOUTS = {
    'npy': (write_npy, dict(type='NpyFolderStore')),
    'joint': (write_joint, dict(type='JointNpyStore', file='j.npy', slices=dict(rgb=(0, 4)))),
    'npz': (write_npz, dict(type='NpzStore')),
    'npz, deflated': (lambda root: write_npz(root, np.savez_compressed), dict(type='NpzStore')),
    'hdf5': (write_hdf5, dict(type='HDF5Store')),
    'hdf5, gzip': (lambda root: write_hdf5(root, compression='gzip'), dict(type='HDF5Store')),
    'safetensors': (write_safetensors, dict(type='SafetensorsStore')),
}


def damage(content, rng):
    """Change a few bytes, cut some out, or put some in."""
    content = bytearray(content)
    for _ in range(rng.choice([1, 1, 2, 4])):
        place, size = rng.randrange(len(content) or 1), rng.choice([1, 8, 100])
        kind = rng.random()
        if kind < 0.7:
            content[place : place + 1] = bytes([rng.choice([0, 255, rng.randrange(256)])])
        elif kind < 0.85:
            del content[place : place + size]
        else:
            content[place:place] = bytes(size)
    return bytes(content)


@pytest.mark.parametrize('layout', LAYOUTS)
def test_whole_and_finite_or_refused(tmp_path, layout):
    write, config = LAYOUTS[layout]
    path, rng, refused = write(tmp_path), random.Random(layout), 0
    original = path.read_bytes()
    for _ in range(200):
        path.write_bytes(damage(original, rng))
        store = FEATURE_STORES.build({**config, 'root': tmp_path})
        for ask in (store.load, store.shape, lambda _, modality, store=store: store.list_videos(modality)):
            found, message = None, ''
            try:
                found = ask('a', 'rgb')
            except MissingFeaturesError:
                refused += 1
            except InputError as error:
                refused += 1
                message = str(error)
            assert not message or (path.name in message and message.isprintable())
            if isinstance(found, np.ndarray):
                assert found.ndim == 2
                assert found.dtype in (np.float16, np.float32)
                assert np.isfinite(found).all()
    assert refused > 20


@pytest.mark.parametrize('layout', LAYOUTS)
@pytest.mark.parametrize('stop', [0, 10, 0.5, -1])
def test_truncated_files_are_refused(tmp_path, layout, stop):
    write, config = LAYOUTS[layout]
    path = write(tmp_path)
    content = path.read_bytes()
    path.write_bytes(content[: int(stop * len(content)) if isinstance(stop, float) else stop])
    with pytest.raises(InputError):
        FEATURE_STORES.build({**config, 'root': tmp_path}).load('a', 'rgb')


@pytest.mark.parametrize('layout', LAYOUTS)
@pytest.mark.parametrize('value', [np.nan, np.inf, -np.inf])
def test_values_that_are_not_finite_are_refused(tmp_path, layout, value, monkeypatch):
    write, config = LAYOUTS[layout]
    wrong = ARRAY.copy()
    wrong[3, 1] = value
    monkeypatch.setitem(globals(), 'ARRAY', wrong)
    write(tmp_path)
    with pytest.raises(InputError, match=r'(NaN|infinite).* first in snippet 3'):
        FEATURE_STORES.build({**config, 'root': tmp_path}).load('a', 'rgb')


@pytest.mark.parametrize('layout', LAYOUTS)
def test_a_file_that_is_written_anew_is_read_anew(tmp_path, layout, monkeypatch):
    write, config = LAYOUTS[layout]
    if layout == 'joint':
        pytest.skip('a joint file is opened once')
    (tmp_path / 'old').mkdir()
    write(tmp_path / 'old')
    monkeypatch.setitem(globals(), 'ARRAY', ARRAY[::-1].copy())
    (tmp_path / 'new').mkdir()
    new = write(tmp_path / 'new')
    store = FEATURE_STORES.build({**config, 'root': tmp_path / 'old'})
    before = store.load('a', 'rgb').copy()
    new.replace(tmp_path / 'old' / new.relative_to(tmp_path / 'new'))
    np.testing.assert_array_equal(store.load('a', 'rgb'), before[::-1])
