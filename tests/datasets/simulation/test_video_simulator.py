import pickle

import numpy as np
import pytest

from mmacl.datasets.simulation import SimulatedStore, SimulationSettings, VideoSimulator
from mmacl.datasets.simulation.content import overlap_shares
from mmacl.datasets.stores import MissingFeaturesError


@pytest.fixture(scope='module')
def simulator():
    return VideoSimulator(SimulationSettings(seed=3))


def test_each_block_of_videos_has_every_class_once(simulator):
    for subset in ('train', 'test'):
        classes = [simulator.main_class(subset, index) for index in range(60)]
        for block in range(3):
            assert sorted(classes[20 * block : 20 * block + 20]) == list(range(20))
    assert classes[:20] != sorted(classes[:20])


def test_a_video_depends_on_no_other(simulator):
    alone = VideoSimulator(SimulationSettings(seed=3))
    for index in (17, 4):
        np.testing.assert_array_equal(alone.features('test', index, 'flow'), simulator.features('test', index, 'flow'))
    record, again = simulator.record('train', 4), alone.record('train', 4)
    np.testing.assert_array_equal(record.segments, again.segments)
    assert record.labels == again.labels


def test_features_cover_the_whole_snippets_of_the_video(simulator):
    timeline = simulator.timeline('train', 2)
    for modality in simulator.modalities:
        assert simulator.features('train', 2, modality).shape == (timeline.num_snippets, 128)
    assert 0 <= timeline.duration - 0.64 * timeline.num_snippets < 0.64


def test_subsets_and_seeds_give_other_videos_and_streams_other_features(simulator):
    features = simulator.features('train', 0, 'rgb')
    others = [
        simulator.features('test', 0, 'rgb'),
        simulator.features('train', 0, 'flow'),
        VideoSimulator(SimulationSettings(seed=4)).features('train', 0, 'rgb'),
    ]
    for other in others:
        length = min(len(features), len(other))
        assert np.abs(features[:length] - other[:length]).mean() > 0.05


def test_a_fixed_world_keeps_actions_and_read_outs_and_draws_other_videos(simulator):
    first, second = (VideoSimulator(SimulationSettings(seed=seed, world_seed=9)) for seed in (3, 4))
    np.testing.assert_array_equal(first.world.class_atoms, second.world.class_atoms)
    np.testing.assert_array_equal(first.world.streams['rgb'].weight, second.world.streams['rgb'].weight)
    assert first.timeline('train', 0).duration != second.timeline('train', 0).duration
    # Without it, the world changes with the seed.
    assert not np.array_equal(first.world.class_atoms, simulator.world.class_atoms)


def test_an_instance_of_a_special_case_carries_both_labels(simulator):
    parents, names = simulator.world.parents, simulator.settings.class_names
    (special,) = np.flatnonzero(parents >= 0)
    index = next(i for i in range(20) if simulator.main_class('train', i) == special)
    record = simulator.record('train', index)
    count = len(simulator.timeline('train', index).segments)
    assert record.labels == (names[special], names[parents[special]]) * count
    np.testing.assert_array_equal(record.segments[::2], record.segments[1::2])


def test_an_imbalance_keeps_every_class_and_makes_some_frequent():
    plain, uneven = (VideoSimulator(SimulationSettings(seed=3, imbalance=imbalance)) for imbalance in (1, 10.0))
    classes = [uneven.main_class('train', index) for index in range(4000)]
    assert classes[:20] == [plain.main_class('train', index) for index in range(20)]
    shares, wanted = np.bincount(classes, minlength=20) / len(classes), uneven.class_frequencies
    assert wanted.max() / wanted.min() == pytest.approx(10)
    np.testing.assert_allclose(shares, wanted, atol=0.02)
    np.testing.assert_array_equal(wanted, VideoSimulator(SimulationSettings(seed=3, imbalance=10)).class_frequencies)


def test_shows_a_second_class_in_the_stated_share_of_videos():
    def share(rate):
        simulator = VideoSimulator(SimulationSettings(seed=3, two_class_rate=rate))
        special = simulator.world.parents >= 0
        classes = [simulator.timeline('train', index).classes for index in range(400)]
        return np.mean([len(set(found)) > 1 for found in classes if not special[found].any()])

    assert share(0.0) == 0
    assert share(0.5) == pytest.approx(0.5, abs=0.08)
    assert share(1.0) == 1


def test_videos_without_action_change_no_other_video(simulator):
    without = VideoSimulator(SimulationSettings(seed=3, no_action_rate=0.3))
    empty = [index for index in range(400) if not len(without.timeline('train', index).segments)]
    assert len(empty) == pytest.approx(120, abs=25)
    record = without.record('train', empty[0])
    assert record.segments.shape == (0, 2)
    assert record.labels == ()
    assert record.duration == simulator.record('train', empty[0]).duration
    plain, bare = (
        np.concatenate([one.features('train', index, 'flow') for index in empty[:10]]) for one in (simulator, without)
    )
    shares = [
        overlap_shares(timeline.segments, timeline.num_snippets).sum(axis=1)
        for timeline in (simulator.timeline('train', index) for index in empty[:10])
    ]
    action = np.concatenate(shares) > 0.9
    # What they share is the world: without its action, a snippet is nearer to the background of the plain videos.
    background = plain[~action].mean(axis=0)
    assert np.linalg.norm(bare[action].mean(axis=0) - background) < 0.5 * np.linalg.norm(
        plain[action].mean(axis=0) - background
    )
    other = next(index for index in range(400) if index not in empty)
    np.testing.assert_array_equal(without.features('train', other, 'rgb'), simulator.features('train', other, 'rgb'))


def test_names_say_that_it_is_simulated(simulator):
    assert simulator.video_name('train', 12) == 'simulated_train_00012'
    assert simulator.record('train', 12).video_name == 'simulated_train_00012'


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
