import pytest

from mmacl.datasets import FeatureStore


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
