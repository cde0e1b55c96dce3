import json
import pickle
import struct
import sys

import numpy as np
import pytest
from safetensors.numpy import save_file

from mmacl.datasets.stores import MissingFeaturesError, SafetensorsStore
from mmacl.utils import InputError

ARRAY = np.arange(20, dtype=np.float32).reshape(4, 5)


def test_templates_slices_and_subsets(tmp_path):
    save_file({'train/v1': ARRAY, 'test/v2': ARRAY + 1, 'v3': ARRAY}, tmp_path / 'f.safetensors')
    store = SafetensorsStore(tmp_path, 'f.safetensors', '{subset}/{video}', dict(rgb=(0, 2), flow=(2, 5)), 'train')
    assert store.list_videos('rgb') == ('v1',)
    assert store.list_videos('audio') == ()
    assert store.shape('v1', 'flow') == (4, 3)
    for other in (store, pickle.loads(pickle.dumps(store))):
        np.testing.assert_array_equal(other.load('v1', 'flow'), ARRAY[:, 2:])
        np.testing.assert_array_equal(other.load('v1', 'rgb'), ARRAY[:, :2])
    assert store.describe('v1', 'rgb') == f'{tmp_path / "f.safetensors"}: train/v1'
    with pytest.raises(InputError, match='no slice'):
        store.load('v1', 'audio')


@pytest.mark.parametrize('dtype', ['f2', 'f4', 'f8'])
def test_floats_of_every_width(tmp_path, dtype):
    save_file({'rgb/a': ARRAY.astype(dtype)}, tmp_path / 'features.safetensors')
    found = SafetensorsStore(tmp_path).load('a', 'rgb')
    assert found.dtype == (np.float16 if dtype == 'f2' else np.float32)
    np.testing.assert_array_equal(found, ARRAY)


def test_what_one_caller_does_no_other_sees(tmp_path):
    save_file({'rgb/a': ARRAY}, tmp_path / 'features.safetensors')
    store = SafetensorsStore(tmp_path)
    store.load('a', 'rgb')[:] = 0
    np.testing.assert_array_equal(store.load('a', 'rgb'), ARRAY)


def test_faults(tmp_path):
    with pytest.raises(MissingFeaturesError):
        SafetensorsStore(tmp_path).load('a', 'rgb')
    assert SafetensorsStore(tmp_path).list_videos('rgb') == ()
    path = tmp_path / 'features.safetensors'
    save_file({'rgb/i': ARRAY.astype(int), 'rgb/one': ARRAY[0].copy()}, path)
    store = SafetensorsStore(tmp_path)
    for video, says in (('i', 'dtype I64'), ('one', r'shape \(5,\)')):
        for ask in (store.load, store.shape):
            with pytest.raises(InputError, match=says):
                ask(video, 'rgb')
    with pytest.raises(MissingFeaturesError):
        store.shape('none', 'rgb')
    header = json.dumps({'rgb/a': {'dtype': 'F32', 'shape': [10**6, 10**6], 'data_offsets': [0, 8]}}).encode()
    path.write_bytes(struct.pack('<Q', len(header)) + header + b'12345678')
    with pytest.raises(InputError, match='not a safetensors file'):
        store.load('a', 'rgb')
    path.write_bytes(b'\xff' * 100)
    with pytest.raises(InputError, match='not a safetensors file'):
        store.list_videos('rgb')


def test_without_the_package(tmp_path, monkeypatch):
    save_file({'rgb/a': ARRAY}, tmp_path / 'features.safetensors')
    monkeypatch.setitem(sys.modules, 'safetensors', None)
    with pytest.raises(InputError, match=r"pip install -e '\.\[optional\]'"):
        SafetensorsStore(tmp_path).load('a', 'rgb')
