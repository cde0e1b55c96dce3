import inspect
import pickle
import time

import numpy as np
import pytest

from mmacl.datasets import SyntheticActions, UntrimmedVideoDataset
from mmacl.registry import DATASETS
from mmacl.utils import InputError

SMALL = dict(num_videos=12, num_classes=4, feature_dim=8)
PIPELINE = [dict(type='LoadSnippetFeatures'), dict(type='LoadActionAnnotations'), dict(type='PackActionInputs')]


@pytest.fixture(scope='module')
def dataset():
    return SyntheticActions(**SMALL)


def test_is_a_data_set_that_says_it_is_simulated(dataset):
    assert isinstance(dataset, UntrimmedVideoDataset)
    assert len(dataset) == 12
    assert dataset.metainfo['classes'] == ('action_00', 'action_01', 'action_02', 'action_03')
    assert dataset.metainfo['dataset_name'] == 'SyntheticActions-v1 (simulated)'
    assert dataset.metainfo['generator_version'] == 'SyntheticActions-v1'
    assert dataset.metainfo['simulated'] is True
    assert all(name.startswith('simulated_train_') for name in dataset.video_names)
    assert dataset.feature_dims == dict(rgb=8, flow=8)


def test_the_registry_builds_it_and_items_are_packed():
    dataset = DATASETS.build(dict(type='SyntheticActions', subset='test', test_mode=True, pipeline=PIPELINE, **SMALL))
    item = dataset[3]
    sample = item['data_samples']
    assert item['inputs']['rgb'].shape == item['inputs']['flow'].shape == (dataset.num_snippets(3), 8)
    assert sample.video_name == 'simulated_test_00003'
    assert sample.snippet_duration == pytest.approx(0.64)
    assert len(sample.gt_instances.segments) == len(sample.gt_instances.labels) >= 1
    assert sample.gt_instances.segments.max() <= sample.duration


def test_counts_follow_the_records(dataset):
    counts = dataset.action_counts()
    for index in range(len(dataset)):
        record = dataset.record(index)
        for label, name in enumerate(dataset.metainfo['classes']):
            assert counts[index, label] == record.labels.count(name)
    assert (counts.sum(axis=0) > 0).all()


def test_the_main_class_has_most_instances_except_where_both_labels_of_a_special_case_tie():
    dataset = SyntheticActions(num_videos=100, feature_dim=1)
    main = [dataset.simulator.main_class('train', index) for index in range(100)]
    np.testing.assert_array_equal(dataset.action_counts().argmax(axis=1), main)


def test_checks_pass_and_features_do_not_change(dataset):
    dataset.check_files()
    dataset.check_finite()
    fresh = SyntheticActions(cache=None, **SMALL)
    for index in (0, 11):
        for modality, features in dataset.load_features(index).items():
            assert features.shape == (dataset.num_snippets(index), 8)
            np.testing.assert_array_equal(features, fresh.load_features(index)[modality])


def test_what_was_drawn_is_kept_and_need_not_be(dataset):
    assert dataset.load_features(1)['rgb'].base is dataset.load_features(1)['rgb'].base
    fresh = SyntheticActions(cache=None, **SMALL)
    assert not np.shares_memory(fresh.load_features(1)['rgb'], fresh.load_features(1)['rgb'])


def test_more_videos_leave_the_first_ones_as_they_are(dataset):
    longer = SyntheticActions(**{**SMALL, 'num_videos': 20})
    assert longer.video_names[:12] == dataset.video_names
    np.testing.assert_array_equal(longer.load_features(7)['flow'], dataset.load_features(7)['flow'])


def test_one_stream_is_that_stream_of_both(dataset):
    flow = SyntheticActions(modalities=('flow',), **SMALL)
    assert flow.feature_dims == dict(flow=8)
    np.testing.assert_array_equal(flow.load_features(0)['flow'], dataset.load_features(0)['flow'])


def test_survives_pickling_for_a_worker(dataset):
    copy = pickle.loads(pickle.dumps(dataset))
    np.testing.assert_array_equal(copy.load_features(5)['rgb'], dataset.load_features(5)['rgb'])


def test_the_default_set_is_made_in_seconds():
    start = time.process_time()
    snippets = 0
    for subset in ('train', 'test'):
        dataset = SyntheticActions(subset=subset, test_mode=subset == 'test')
        for index in range(len(dataset)):
            snippets += len(dataset.load_features(index)['rgb'])
    assert time.process_time() - start < 5
    assert 50_000 < snippets < 80_000


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (dict(subset='validation'), "subset='validation' is not simulated"),
        (dict(subset=['train']), 'is not simulated'),
        (dict(num_videos=19), 'num_videos=19 cannot show num_classes=20'),
        (dict(num_videos=0), 'num_videos=0'),
        (dict(num_videos=40.0), 'num_videos=40.0'),
        (dict(num_classes=1), 'num_classes=1'),
        (dict(feature_dim=-8), 'feature_dim=-8'),
        (dict(seed='0'), "seed='0'"),
        (dict(modalities=('rgb', 'audio')), "modality 'audio' is not simulated"),
    ],
)
def test_refuses_in_one_line(arguments, message):
    with pytest.raises(InputError) as caught:
        SyntheticActions(**arguments)
    assert message in str(caught.value)
    assert '\n' not in str(caught.value)


def test_takes_no_key_that_simulation_has_no_use_for():
    keys = set(inspect.signature(SyntheticActions.__init__).parameters)
    assert not keys & {'data_root', 'ann_file', 'store', 'timing', 'kwargs'}


def test_variations_reach_the_simulator():
    options = dict(num_videos=40, num_classes=4, feature_dim=4)
    videos = SyntheticActions(**options, imbalance=9.0, two_class_rate=0.8, no_action_rate=0.3)
    settings = videos.simulator.settings
    assert (settings.imbalance, settings.two_class_rate, settings.no_action_rate) == (9.0, 0.8, 0.3)
    assert {len(set(record.labels)) for record in videos.read_annotations().records} == {0, 1, 2}


def test_videos_without_any_action_are_refused_and_few_are_taken_on_request():
    options = dict(num_videos=20, num_classes=10, feature_dim=4)
    with pytest.raises(InputError, match=r'no_action_rate=0\.999 leaves no video'):
        SyntheticActions(**options, no_action_rate=0.999)
    with pytest.raises(InputError, match='no training video has class'):
        SyntheticActions(**options, no_action_rate=0.8)
    assert len(SyntheticActions(**options, no_action_rate=0.8, allow_empty_classes=True)) == 20
