import numpy as np

from mmacl.datasets import CachedStore, NpyFolderStore
from mmacl.datasets.stores import build_store


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
