import numpy as np
import pytest
import torch

from mmacl.apis.array_store import ArrayStore
from mmacl.datasets import MissingFeaturesError
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
    ],
)
def test_anything_else_is_refused(features, names):
    with pytest.raises(InputError, match=names):
        ArrayStore({'v': {'rgb': features}}).load('v', 'rgb')
