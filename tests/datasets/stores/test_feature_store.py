import pickle

import pytest

from mmacl.datasets import FeatureStore, MissingFeaturesError


def test_three_methods_make_a_store():
    class Store(FeatureStore):
        def load(self, video, modality):
            raise NotImplementedError

        def shape(self, video, modality):
            return (7, 5)

        def list_videos(self, modality):
            return ()

    store = Store()
    assert (store.num_snippets('a', 'rgb'), store.feature_dim('a', 'rgb')) == (7, 5)
    assert store.describe('a', 'rgb') == "rgb features of video 'a'"
    assert store.source_files('a', 'rgb') == ()  # cannot tell
    with pytest.raises(TypeError):
        FeatureStore()


def test_shows_three_files_the_count_the_layouts_and_the_way_out():
    error = MissingFeaturesError.describe([f'{i}.npy' for i in range(7)], ['f/{video}.npy', 'g/{video}.npy'])
    lines = str(error).splitlines()
    assert lines[0] == '7 feature files are missing:'
    assert [line.strip() for line in lines[1:5]] == ['0.npy', '1.npy', '2.npy', '... and 4 more']
    assert [line.strip() for line in lines[6:8]] == ['f/{video}.npy', 'g/{video}.npy']
    assert lines[-1].endswith('python tools/train.py configs/acl/acl_synthetic_us.py')


def test_one_file_and_a_headline():
    assert str(MissingFeaturesError.describe(['a.npy'], ())).startswith(
        '1 feature file is missing:\n  a.npy\nwhat runs'
    )
    assert str(MissingFeaturesError.describe(['a.npy'], (), 'dear me:')).startswith('dear me:\n')


def test_survives_pickling():
    error = pickle.loads(pickle.dumps(MissingFeaturesError.describe(['a.npy'], ['l'])))
    assert (error.looked_for, error.layouts) == (('a.npy',), ('l',))
    assert 'a.npy' in str(error)
