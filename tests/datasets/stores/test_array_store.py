import numpy as np
import pytest
import torch

from mmacl.datasets.stores import ArrayStore, MissingFeaturesError, read_feature_file
from mmacl.utils import InputError


@pytest.mark.parametrize(
    ('features', 'dtype'),
    [
        (np.ones((3, 2), np.float16), np.float16),
        (np.ones((3, 2), np.float32), np.float32),
        (np.ones((3, 2)), np.float32),
        (np.ones((3, 2), int), np.float32),
        ([[1, 2.5], [3, 4], [5, 6]], np.float32),
        (torch.ones(3, 2), np.float32),
    ],
)
def test_any_array_of_numbers(features, dtype):
    store = ArrayStore({'v': {'rgb': features}})
    assert store.load('v', 'rgb').dtype == dtype
    np.testing.assert_array_equal(store.load('v', 'rgb'), np.asarray(features))
    assert store.shape('v', 'rgb') == (store.num_snippets('v', 'rgb'), store.feature_dim('v', 'rgb')) == (3, 2)


def test_videos_are_listed_by_modality():
    store = ArrayStore({'b': {'rgb': [[1]]}, 'a': {'rgb': [[1]], 'flow': [[1]]}})
    assert store.list_videos('rgb') == ('a', 'b')
    assert store.list_videos('flow') == ('a',)
    with pytest.raises(MissingFeaturesError, match=r"flow features of video 'b'.*rgb"):
        store.load('b', 'flow')
    with pytest.raises(MissingFeaturesError, match='nothing'):
        store.shape('c', 'flow')


@pytest.mark.parametrize(
    ('features', 'names'),
    [
        (np.ones(3), r'\(3,\)'),
        (np.ones((0, 3)), r'\(0, 3\)'),
        ([[1.0, np.nan]], 'NaN'),
        ([[1.0, np.inf]], 'infinite'),
        ([['a', 'b']], 'not an array of numbers'),
        ([[1, 2], [3]], 'not an array of numbers'),
        ({'x': 1}, 'not an array of numbers'),
        (np.ones((2, 2), complex), 'not an array of numbers'),
        (torch.ones(2, 2, requires_grad=True), 'not an array of numbers .*detach'),
    ],
)
def test_anything_else_is_refused(features, names):
    with pytest.raises(InputError, match=names):
        ArrayStore({'v': {'rgb': features}}).load('v', 'rgb')


@pytest.mark.parametrize('ending', ['.npy', '.NPY', '.npz', '.csv'])
def test_files_are_read_like_arrays(ending, tmp_path):
    features = np.arange(6, dtype=np.float32).reshape(3, 2)
    path = tmp_path / f'a[1] b{ending}'
    if ending == '.npz':
        np.savez(path, rgb=features)
    elif ending == '.csv':
        np.savetxt(path, features, delimiter=',')
    else:
        with path.open('wb') as file:
            np.save(file, features)
    np.testing.assert_array_equal(ArrayStore({'v': {'rgb': path}}).load('v', 'rgb'), features)
    np.testing.assert_array_equal(read_feature_file(str(path), 'rgb'), features)


def test_columns_of_a_file_are_taken(tmp_path):
    np.save(tmp_path / 'v.npy', np.arange(6, dtype=np.float32).reshape(2, 3))
    assert read_feature_file(tmp_path / 'v.npy', 'flow', {'rgb': (0, 1), 'flow': (1, 3)}).tolist() == [[1, 2], [4, 5]]


@pytest.mark.parametrize(
    ('name', 'what'),
    [('none.npy', 'no such file'), ('v.txt', "ending '.txt'"), ('folder.npy', 'no such file'), ('v.npz', 'flow')],
)
def test_files_that_hold_no_features_are_refused(name, what, tmp_path):
    np.savez(tmp_path / 'v.npz', rgb=np.ones((3, 2), np.float32))
    (tmp_path / 'folder.npy').mkdir()
    with pytest.raises(InputError, match=what) as error:
        read_feature_file(tmp_path / name, 'flow')
    assert str(tmp_path / name) in error.value.file or str(tmp_path / name) in error.value.what
