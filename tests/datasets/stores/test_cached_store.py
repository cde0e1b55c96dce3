import copy
import pickle

import numpy as np
import pytest

from mmacl.datasets import CachedStore, FeatureStore, NpyFolderStore
from mmacl.datasets.stores import build_store
from mmacl.utils import InputError


class CountingStore(FeatureStore):
    """Arrays from a dict; counts what is read."""

    layouts = ('memory',)

    def __init__(self, **arrays):
        self.arrays, self.reads = arrays, 0

    def load(self, video, modality):
        self.reads += 1
        return self.arrays[video]

    def shape(self, video, modality):
        return self.arrays[video].shape

    def list_videos(self, modality):
        return tuple(sorted(self.arrays))


def store():
    rng = np.random.default_rng(0)
    return CountingStore(**{name: rng.random((4, 2), dtype=np.float32) for name in 'abc'})  # 32 bytes each


def test_reads_once_and_returns_the_same():
    inner = store()
    cached = CachedStore(inner, budget_bytes=1000)
    first, second = cached.load('a', 'rgb'), cached.load('a', 'rgb')
    assert inner.reads == 1
    assert first is second
    np.testing.assert_array_equal(first, inner.arrays['a'])
    cached.load('a', 'flow')
    assert inner.reads == 2
    assert cached.used_bytes == 64


def test_keeps_what_fits_and_what_came_first():
    inner = store()
    cached = CachedStore(inner, budget_bytes=70)
    for _ in range(3):
        for name in 'abc':
            np.testing.assert_array_equal(cached.load(name, 'rgb'), inner.arrays[name])
    assert inner.reads == 2 + 3
    assert cached.used_bytes == 64


def test_float16_takes_half_and_does_not_depend_on_what_is_kept():
    inner = store()
    cached, never = CachedStore(inner, 64, 'float16'), CachedStore(inner, 0, 'float16')
    for name in 'abc':
        kept = cached.load(name, 'rgb')
        assert kept.dtype == np.float16
        np.testing.assert_array_equal(kept, inner.arrays[name].astype(np.float16))
        np.testing.assert_array_equal(kept, never.load(name, 'rgb'))
    assert cached.used_bytes == 48
    assert never.used_bytes == 0


def test_float32_cache_over_a_float16_store():
    cached = CachedStore(CountingStore(a=np.ones((2, 2), np.float16)), 100)
    assert cached.load('a', 'rgb').dtype == np.float32


def test_what_does_not_fit_into_float16_is_refused():
    cached = CachedStore(CountingStore(a=np.array([[1.0, 7e4]], np.float32)), 100, 'float16')
    with pytest.raises(InputError, match=r"rgb features of video 'a': 70000 does not fit into float16; set dtype="):
        cached.load('a', 'rgb')


def test_nobody_can_spoil_the_cache():
    inner = store()
    cached = CachedStore(inner, 1000)
    with pytest.raises(ValueError, match='read-only'):
        cached.load('a', 'rgb')[0, 0] = 9
    inner.arrays['a'][0, 0] = 9
    assert cached.load('a', 'rgb')[0, 0] != 9


def test_travels_without_its_features():
    cached = CachedStore(store(), 1000)
    cached.load('a', 'rgb')
    for other in (pickle.loads(pickle.dumps(cached)), copy.deepcopy(cached)):
        assert other.used_bytes == 0
        np.testing.assert_array_equal(other.load('a', 'rgb'), cached.load('a', 'rgb'))
        assert other.used_bytes == 32


def test_passes_on_what_else_is_asked():
    cached = CachedStore(store(), 1000)
    assert cached.shape('a', 'rgb') == (4, 2)
    assert cached.num_snippets('a', 'rgb') == 4
    assert cached.list_videos('rgb') == ('a', 'b', 'c')
    assert cached.layouts == ('memory',)
    assert cached.describe('a', 'rgb') == "rgb features of video 'a'"


@pytest.mark.parametrize(
    ('keys', 'says'), [(dict(dtype='float64'), 'dtype'), (dict(budget_bytes=-1), 'budget_bytes=-1')]
)
def test_refuses_other_settings(keys, says):
    with pytest.raises(InputError, match=says):
        CachedStore(store(), **(dict(budget_bytes=1) | keys))


def test_the_folder_is_filled_in_where_it_is_not_stated(tmp_path):
    folder = dict(root=str(tmp_path), subset='train')
    store = build_store(dict(type='NpyFolderStore'), folder)
    assert (store.root, store.subsets) == (str(tmp_path), ('train',))
    store = build_store(dict(type='NpyFolderStore', subset='training'), folder)
    assert store.subsets == ('training',)
    assert build_store(store, folder) is store


def test_a_cache_goes_around_it_by_key_or_by_config(tmp_path):
    (tmp_path / 'features/rgb').mkdir(parents=True)
    np.save(tmp_path / 'features/rgb/a.npy', np.ones((3, 2), np.float32))
    config, folder = dict(type='NpyFolderStore'), dict(root=tmp_path, subset=None)
    for store in (
        build_store(config, folder, dict(budget_bytes=10**6, dtype='float16')),
        build_store(dict(type='CachedStore', budget_bytes=10**6, dtype='float16', store=config), folder),
    ):
        assert isinstance(store, CachedStore)
        assert isinstance(store.store, NpyFolderStore)
        assert store.load('a', 'rgb').dtype == np.float16
    assert config == dict(type='NpyFolderStore')
