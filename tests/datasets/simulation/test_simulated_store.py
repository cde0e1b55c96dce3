import pickle

import numpy as np
import pytest

from mmacl.datasets.simulation import SimulatedStore, SimulationSettings, VideoSimulator
from mmacl.datasets.stores import MissingFeaturesError


@pytest.fixture(scope='module')
def store():
    return SimulatedStore(VideoSimulator(SimulationSettings(num_classes=3, feature_dim=8)), 'test', 6)


def test_states_the_shape_that_it_loads(store):
    for video in store.list_videos('rgb'):
        features = store.load(video, 'rgb')
        assert store.shape(video, 'rgb') == features.shape
        assert store.num_snippets(video, 'flow') == len(features)
        assert store.feature_dim(video, 'flow') == 8


def test_lists_its_videos_in_alphabetical_order(store):
    names = store.list_videos('flow')
    assert len(names) == 6
    assert list(names) == sorted(names)
    assert store.list_videos('audio') == ()


@pytest.mark.parametrize(
    ('video', 'modality'),
    [('simulated_test_00006', 'rgb'), ('simulated_train_00000', 'rgb'), ('simulated_test_00000', 'audio')],
)
def test_refuses_what_it_does_not_simulate(store, video, modality):
    for ask in (store.load, store.shape):
        with pytest.raises(MissingFeaturesError, match=f'{modality} features of video {video!r}: not simulated'):
            ask(video, modality)


def test_gives_the_same_features_in_another_process(store):
    copy = pickle.loads(pickle.dumps(store))
    video = store.list_videos('rgb')[0]
    np.testing.assert_array_equal(copy.load(video, 'rgb'), store.load(video, 'rgb'))
