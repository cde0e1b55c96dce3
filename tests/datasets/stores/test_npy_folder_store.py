import pickle

import numpy as np
import pytest

from mmacl.datasets import MissingFeaturesError, NpyFolderStore
from mmacl.registry import FEATURE_STORES
from mmacl.utils import InputError


def put(root, path, value=1.0, shape=(3, 2)):
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    np.save(root / path, np.full(shape, value, np.float32))


def test_reads_flat_and_by_subset(tmp_path):
    put(tmp_path, 'features/rgb/a.npy', 1)
    put(tmp_path, 'features/train/rgb/b.npy', 2, (5, 2))
    put(tmp_path, 'features/test/rgb/c.npy', 3)
    store = FEATURE_STORES.build(dict(type='NpyFolderStore', root=tmp_path, subset='train'))
    assert store.load('a', 'rgb')[0, 0] == 1
    assert store.load('b', 'rgb')[0, 0] == 2
    assert (store.num_snippets('b', 'rgb'), store.feature_dim('b', 'rgb')) == store.shape('b', 'rgb') == (5, 2)
    assert store.list_videos('rgb') == ('a', 'b')
    with pytest.raises(MissingFeaturesError):
        store.load('c', 'rgb')
    both = NpyFolderStore(tmp_path, subset=('train', 'test'))
    assert both.list_videos('rgb') == ('a', 'b', 'c')
    assert both.load('c', 'rgb')[0, 0] == 3
    anywhere = NpyFolderStore(tmp_path)
    assert anywhere.list_videos('rgb') == ('a', 'b', 'c')
    assert anywhere.load('c', 'rgb')[0, 0] == 3
    assert anywhere.shape('b', 'rgb') == (5, 2)
    assert anywhere.list_videos('flow') == ()


def test_the_first_template_wins(tmp_path):
    put(tmp_path, 'features/rgb/a.npy', 1)
    put(tmp_path, 'features/train/rgb/a.npy', 2)
    assert NpyFolderStore(tmp_path, subset='train').load('a', 'rgb')[0, 0] == 1
    other = NpyFolderStore(
        tmp_path, ('features/{subset}/{modality}/{video}.npy', 'features/{modality}/{video}.npy'), 'train'
    )
    assert other.load('a', 'rgb')[0, 0] == 2
    assert other.list_videos('rgb') == ('a',)


def test_other_layouts_and_odd_names(tmp_path):
    root = tmp_path / 'we[i]rd * root'
    put(root, 'rgb_i3d/v_-x[1]*.npy')
    store = NpyFolderStore(root, ['{modality}_i3d/v_{video}.npy'])
    assert store.list_videos('rgb') == ('-x[1]*',)
    assert store.shape('-x[1]*', 'rgb') == (3, 2)
    assert store.describe('-x[1]*', 'rgb') == str(root / 'rgb_i3d/v_-x[1]*.npy')


def test_other_files_are_no_videos(tmp_path):
    put(tmp_path, 'features/rgb/a.npy')
    (tmp_path / 'features/rgb/.hidden.npy').touch()
    (tmp_path / 'features/rgb/notes.txt').touch()
    assert NpyFolderStore(tmp_path).list_videos('rgb') == ('a',)


def test_says_what_was_looked_for(tmp_path):
    store = NpyFolderStore(tmp_path, subset='train')
    for call in (store.load, store.shape, store.num_snippets, store.feature_dim):
        with pytest.raises(MissingFeaturesError) as error:
            call('a', 'rgb')
    assert error.value.looked_for == (str(tmp_path / 'features/rgb/a.npy'),)
    assert error.value.layouts == store.layouts
    assert str(tmp_path / 'features/{subset}/{modality}/{video}.npy') in str(error.value)
    assert isinstance(error.value, InputError)


def test_can_be_pickled(tmp_path):
    put(tmp_path, 'features/rgb/a.npy')
    assert pickle.loads(pickle.dumps(NpyFolderStore(tmp_path))).shape('a', 'rgb') == (3, 2)
