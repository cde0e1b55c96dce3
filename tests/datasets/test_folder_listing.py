import numpy as np
import pytest

from mmacl.datasets import MissingFeaturesError, NpyFolderStore
from mmacl.datasets.folder_listing import list_videos, missing_annotations
from mmacl.utils import InputError


def put(root, *paths):
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        np.save(root / path, np.ones((2, 2), np.float32))
    return NpyFolderStore(root)


def test_lists_by_name_and_leaves_out(tmp_path):
    store = put(tmp_path, *(f'features/{m}/{v}.npy' for m in ('rgb', 'flow') for v in 'bca'))
    assert list_videos(store, ('rgb', 'flow'), ()) == ['a', 'b', 'c']
    assert list_videos(store, ('flow',), {'a'}) == ['b', 'c']


def test_a_video_without_a_stream_is_an_error_unless_it_is_left_out(tmp_path):
    store = put(tmp_path, 'features/rgb/a.npy', 'features/flow/a.npy', 'features/rgb/b.npy')
    with pytest.raises(MissingFeaturesError, match='1 of 4 feature files') as error:
        list_videos(store, ('rgb', 'flow'), ())
    assert error.value.looked_for == (str(tmp_path / 'features/flow/b.npy'),)
    assert list_videos(store, ('rgb', 'flow'), {'b'}) == ['a']
    assert list_videos(store, ('rgb',), ()) == ['a', 'b']


def test_an_empty_folder_is_an_error(tmp_path):
    with pytest.raises(MissingFeaturesError, match='there are no features') as error:
        list_videos(NpyFolderStore(tmp_path), ('rgb', 'flow'), ())
    assert error.value.looked_for == tuple(str(tmp_path / f'features/{m}/<video>.npy') for m in ('rgb', 'flow'))


def test_names_are_checked(tmp_path):
    with pytest.raises(InputError, match=r"video name 'a\.\.b'"):
        list_videos(put(tmp_path, 'features/rgb/a..b.npy'), ('rgb',), ())


def test_without_annotations_it_depends_on_the_features(tmp_path):
    error = missing_annotations('x/gt.json', NpyFolderStore(tmp_path), ('rgb',))
    assert isinstance(error, MissingFeaturesError)
    assert error.looked_for[0] == 'x/gt.json'
    error = missing_annotations('x/gt.json', put(tmp_path, 'features/rgb/a.npy'), ('rgb',))
    assert not isinstance(error, MissingFeaturesError)
    assert str(error).startswith('x/gt.json: no such file')
    assert 'require_annotations=False' in str(error)
