import json
import pickle

import numpy as np
import pytest
import torch
from mmengine.config import ConfigDict
from mmengine.dataset import pseudo_collate
from mmengine.structures import InstanceData
from torch.utils.data import DataLoader

from mmacl.datasets import CachedStore, DrawnVideo, MissingFeaturesError, UntrimmedVideoDataset
from mmacl.registry import DATASETS
from mmacl.structures import SnippetTiming
from mmacl.utils import InputError

TRAIN = (
    dict(type='LoadSnippetFeatures'),
    dict(type='RandomCropSnippets', max_snippets=5),
    dict(type='PackActionInputs'),
)
TEST = (dict(type='LoadSnippetFeatures'), dict(type='LoadActionAnnotations'), dict(type='PackActionInputs'))


def refusal(function, *args, **kwargs):
    """The one line with which something is refused."""
    with pytest.raises(InputError) as error:
        function(*args, **kwargs)
    assert '\n' not in str(error.value)
    return str(error.value)


def test_what_the_engine_asks(videos):
    dataset = videos.dataset()
    assert dataset.video_names == ('alpha', 'beta', 'gamma')
    assert len(dataset) == 3
    assert dataset.modalities == ('rgb', 'flow')
    assert dataset.feature_dims == dict(rgb=4, flow=3)
    assert [dataset.num_snippets(i) for i in range(3)] == [8, 1, 20]
    assert dataset.timing(2) == SnippetTiming(0.5, 0.0, 10.0)
    assert dataset.metainfo == dict(classes=('jump', 'run'), dataset_name='set', simulated=False)
    np.testing.assert_array_equal(dataset.action_counts(), [[1, 2], [1, 0], [0, 1]])
    features = dataset.load_features(1)
    assert {modality: array.shape for modality, array in features.items()} == dict(rgb=(1, 4), flow=(1, 3))
    np.testing.assert_array_equal(features['rgb'], np.load(videos.path('beta')))
    dataset.check_files()
    dataset.check_finite()


def test_builds_from_a_config_and_changes_nothing_in_it(videos):
    config = ConfigDict(
        type='UntrimmedVideoDataset',
        data_root=str(videos.root),
        subset=['test', 'train'],
        store=dict(type='NpyFolderStore'),
        modalities=['flow'],
        timing=dict(fps=10, snippet_stride=5),
        feature_dims=dict(flow=3),
        classes=['run', 'jump'],
        metainfo=dict(dataset_name='given'),
        cache=dict(budget_bytes=10**6, dtype='float16'),
        pipeline=list(TEST),
    )
    before = config.to_dict()
    dataset = DATASETS.build(config)
    assert config.to_dict() == before
    assert dataset.video_names == ('alpha', 'beta', 'gamma', 'delta')
    assert dataset.modalities == ('flow',)
    assert dataset.metainfo == dict(classes=('run', 'jump'), dataset_name='given', simulated=False)
    assert isinstance(dataset.store, CachedStore)
    assert dataset[0]['inputs']['flow'].dtype == torch.float16


def test_an_item(videos):
    item = videos.dataset(pipeline=TEST)[0]
    assert list(item) == ['inputs', 'data_samples']
    np.testing.assert_array_equal(item['inputs']['rgb'].numpy(), np.load(videos.path('alpha')))
    sample = item['data_samples']
    assert (sample.video_name, sample.duration, sample.num_snippets) == ('alpha', 4.0, 8)
    assert (sample.snippet_duration, sample.offset) == (0.5, 0.0)
    np.testing.assert_array_equal(sample.gt_instances.segments, [[0.5, 2.0], [2.5, 3.5], [3.6, 3.9]])
    np.testing.assert_array_equal(sample.gt_instances.labels, [1, 0, 1])
    assert sample.gt_video_label.tolist() == [1, 1]
    assert 'drawn_cluster' not in sample


def test_a_drawn_video_is_cropped_by_its_seed(videos):
    dataset = videos.dataset(pipeline=TRAIN)
    whole = np.load(videos.path('gamma'))
    offsets = set()
    for seed in range(60):
        item = dataset[DrawnVideo(2, 7, seed)]
        sample = item['data_samples']
        assert sample.drawn_cluster == 7
        assert (sample.num_snippets, sample.duration) == (5, 10.0)
        start = int(sample.offset / sample.snippet_duration)
        np.testing.assert_array_equal(item['inputs']['rgb'].numpy(), whole[start : start + 5])
        offsets.add(start)
        assert dataset[DrawnVideo(2, 0, seed)]['data_samples'].offset == sample.offset
    assert offsets == set(range(16))
    assert dataset[2]['data_samples'].offset == 7 * 0.5  # the middle
    assert dataset[DrawnVideo(1, 0, 3)]['data_samples'].num_snippets == 1


def test_indices_end_where_the_videos_end(videos):
    dataset = videos.dataset(pipeline=TEST)
    assert dataset[-1]['data_samples'].video_name == dataset[-1 + 3]['data_samples'].video_name == 'gamma'
    assert [item['data_samples'].video_name for item in dataset] == list(dataset.video_names)
    with pytest.raises(IndexError):
        dataset[3]


def values(value):
    """Everything that a sample holds, in a form that can be compared."""
    if isinstance(value, torch.Tensor):
        return value.tolist()
    if isinstance(value, InstanceData):
        return {key: np.asarray(field).tolist() for key, field in value.items()}
    return value


def test_without_its_transform_ground_truth_never_leaves_the_dataset(videos, monkeypatch):
    dataset = videos.dataset(pipeline=TRAIN)
    draws = [DrawnVideo(i, i, 9 + i) for i in range(3)]
    items = [dataset[draw] for draw in draws]
    assert not any(key.startswith('gt') for item in items for key in item['data_samples'].keys())  # noqa: SIM118
    for entry in videos.database.values():  # other labels, other times
        for annotation in entry['annotations']:
            annotation['label'] = {'run': 'jump', 'jump': 'run'}[annotation['label']]
            annotation['segment'] = [annotation['segment'][0] * 0.5, annotation['segment'][1] * 0.9]
    videos.annotate()
    shuffled = videos.dataset(pipeline=TRAIN)
    assert shuffled.action_counts().tolist() != dataset.action_counts().tolist()
    monkeypatch.setattr(UntrimmedVideoDataset, 'record', lambda *_: pytest.fail('ground truth was read'))
    for item, other in zip(items, [shuffled[draw] for draw in draws], strict=True):
        for modality in item['inputs']:
            torch.testing.assert_close(item['inputs'][modality], other['inputs'][modality], rtol=0, atol=0)
        assert {k: values(v) for k, v in item['data_samples'].all_items()} == {
            k: values(v) for k, v in other['data_samples'].all_items()
        }


# Classes


def test_classes_come_from_all_subsets_so_that_labels_agree(videos):
    videos.database['delta']['annotations'].append(dict(segment=[0, 1], label='crawl'))
    videos.annotate()
    test = videos.dataset(subset='test', test_mode=True)
    assert test.metainfo['classes'] == ('crawl', 'jump', 'run')
    assert test.action_counts().tolist() == [[1, 1, 0]]
    message = refusal(videos.dataset)
    assert "no training video has class 'crawl' (1 of 3 classes are empty)" in message
    assert videos.dataset(allow_empty_classes=True).action_counts().shape == (3, 3)


def test_classes_by_argument_by_metainfo_by_file(videos):
    videos.annotate(classes=['run', 'jump'])
    assert videos.dataset().metainfo['classes'] == ('run', 'jump')
    by_metainfo = dict(metainfo=dict(classes=['jump', 'run']))
    assert videos.dataset(**by_metainfo).metainfo['classes'] == ('jump', 'run')
    assert videos.dataset(classes=['run', 'jump'], **by_metainfo).metainfo['classes'] == ('run', 'jump')
    videos.annotate(classes=['run'])
    assert "unknown class 'jump'" in refusal(videos.dataset)
    assert "classes: class 'a' is listed twice" in refusal(videos.dataset, classes=['a', 'a'])
    assert 'classes: names no action' in refusal(videos.dataset, classes=[])
    assert 'classes: class 3 is not a name' in refusal(videos.dataset, classes=[3])


def test_classes_and_labels_in_two_unicode_forms_are_the_same(videos):
    for entry in videos.database.values():
        for annotation in entry['annotations']:
            annotation['label'] = annotation['label'].replace('run', 're\u0301')
    videos.annotate()
    nfc, nfd = (videos.dataset(classes=['jump', name]) for name in ('r\u00e9', 're\u0301'))
    assert nfc.metainfo['classes'] == nfd.metainfo['classes'] == ('jump', 'r\u00e9')
    assert nfc.action_counts().tolist() == nfd.action_counts().tolist()


def test_a_subset_without_any_label_is_not_annotated(videos):
    for name in ('alpha', 'beta', 'gamma'):
        del videos.database[name]['annotations']
    videos.annotate()
    dataset = videos.dataset(pipeline=TEST)
    assert dataset.action_counts() is None
    assert dataset.record(0) is None
    assert 'gt_instances' not in dataset[0]['data_samples']
    assert dataset.metainfo['classes'] == ('jump',)
    assert videos.dataset(subset='test').action_counts().tolist() == [[1]]


def test_a_background_video_of_an_annotated_subset_counts(videos):
    videos.database['beta']['annotations'] = []
    videos.annotate()
    dataset = videos.dataset(pipeline=TEST)
    assert dataset.action_counts()[1].tolist() == [0, 0]
    assert dataset[1]['data_samples'].gt_instances.segments.shape == (0, 2)


# Which videos


def test_subsets_and_exclusions(videos):
    assert videos.dataset(subset=None).video_names == ('alpha', 'beta', 'gamma', 'delta')
    assert videos.dataset(exclude=['gamma', 'nobody']).video_names == ('alpha', 'beta')
    message = refusal(videos.dataset, subset='validation')
    assert (
        "annotations.json: no video in subset 'validation'; subsets that exist: 'test' (1 videos), 'train' (3"
        in message
    )
    assert 'no video is left' in refusal(videos.dataset, exclude=['alpha', 'beta', 'gamma'])


def test_parts_of_a_dataset(videos):
    dataset = videos.dataset(pipeline=TEST)
    part = dataset.get_subset([2, 0])
    assert part.video_names == ('gamma', 'alpha')
    assert [part.num_snippets(i) for i in range(2)] == [20, 8]
    assert part[0]['data_samples'].video_name == 'gamma'
    assert part.action_counts().tolist() == [[0, 1], [1, 2]]
    assert len(dataset) == 3
    dataset.get_subset_(1)
    assert dataset.video_names == ('alpha',)


def test_a_lazy_dataset_reads_when_it_is_asked(videos):
    dataset = videos.dataset(lazy_init=True)
    videos.database = {'beta': videos.database['beta']}
    videos.annotate()
    assert dataset.video_names == ('beta',)


# Without annotations


@pytest.mark.parametrize('how', [dict(ann_file=None), dict(require_annotations=False)])
def test_a_folder_of_features_is_enough(videos, how):
    (videos.root / 'annotations.json').unlink()
    dataset = videos.dataset(pipeline=TEST, metainfo=dict(classes=('run', 'jump')), **how)
    assert dataset.video_names == ('alpha', 'beta', 'delta', 'gamma')
    assert 'classes' not in dataset.metainfo
    assert dataset.action_counts() is None
    assert dataset.timing(2) == SnippetTiming(0.5, 0.0, 3.0)
    assert list(dataset[0]['data_samples'].keys()) == []
    assert dataset[0]['data_samples'].duration == 4.0
    dataset.check_files()
    assert videos.dataset(exclude=['beta'], **how).video_names == ('alpha', 'delta', 'gamma')


def test_a_folder_without_annotations_must_be_whole(videos):
    videos.path('beta', 'flow').unlink()
    with pytest.raises(MissingFeaturesError, match='1 of 8 feature files are missing') as error:
        videos.dataset(ann_file=None)
    assert error.value.looked_for == (str(videos.path('beta', 'flow')),)
    assert len(videos.dataset(ann_file=None, modalities=['rgb'])) == 4


def test_annotations_that_are_named_must_be_there(videos):
    message = refusal(videos.dataset, ann_file='gt.json')
    assert str(videos.root / 'gt.json') in message
    assert 'require_annotations=False' in message


def test_a_fresh_machine(tmp_path):
    with pytest.raises(MissingFeaturesError) as error:
        UntrimmedVideoDataset(tmp_path / 'none', subset='train', timing=dict(fps=25, snippet_stride=16))
    message = str(error.value)
    assert 'annotations.json' in message
    assert 'features/rgb/<video>.npy' in message
    assert 'features/{subset}/{modality}/{video}.npy' in message
    assert 'python tools/train.py configs/acl/acl_synthetic_us.py' in message
    assert len(message.splitlines()) < 12


def test_missing_features_are_counted(videos):
    for name in ('alpha', 'beta', 'gamma'):
        videos.path(name, 'flow').unlink()
    dataset = videos.dataset()
    with pytest.raises(MissingFeaturesError, match='3 of 6 feature files are missing') as error:
        dataset.check_files()
    assert str(videos.path('alpha', 'flow')) in str(error.value)
    for call in (dataset.num_snippets, dataset.load_features, dataset.timing):
        with pytest.raises(MissingFeaturesError):
            call(1)


def test_the_folders_of_the_subsets(videos):
    (videos.root / 'features' / 'train').mkdir()
    for modality in ('rgb', 'flow'):
        (videos.root / 'features' / modality).rename(videos.root / 'features' / 'train' / modality)
    videos.dataset().check_files()
    videos.dataset(subset=None).check_files()
    with pytest.raises(MissingFeaturesError, match='2 of 2'):
        videos.dataset(subset='test', test_mode=True).check_files()
    videos.dataset(subset='test', test_mode=True, store=dict(type='NpyFolderStore', subset='train')).check_files()


# Time


def test_duration_divided_by_snippets(videos):
    videos.database['alpha']['duration'] = 12.0
    videos.annotate()
    dataset = videos.dataset(timing=dict(mode='duration'))
    assert dataset.timing(0) == SnippetTiming(1.5, 0.0, 12.0)
    del videos.database['beta']['duration']
    videos.annotate()
    message = refusal(videos.dataset, timing=dict(mode='duration'))
    assert "annotations.json: timing mode='duration' needs the duration of every video, but 1 have none" in message
    assert "'beta'" in message
    assert 'needs the duration' in refusal(videos.dataset, ann_file=None, timing=dict(mode='duration'))


def test_a_duration_that_is_not_stated_is_that_of_the_snippets(videos):
    for entry in videos.database.values():
        del entry['duration']
    videos.database['beta']['annotations'][0]['segment'] = [0, 1.9]  # one snippet and the tolerance are allowed
    videos.annotate()
    dataset = videos.dataset(pipeline=TEST)
    assert dataset.timing(1) == SnippetTiming(0.5, 0.0, 0.5)
    dataset.check_files()
    # Only a stated duration clips: whoever scores the same annotations without features must get the same instances.
    assert dataset[1]['data_samples'].gt_instances.segments.tolist() == [[0, 1.9]]
    videos.database['beta']['annotations'][0]['segment'] = [0, 2.1]
    videos.annotate()
    dataset = videos.dataset(pipeline=TEST)
    for call in (dataset.check_files, lambda: dataset[1]):
        message = refusal(call)
        assert "video 'beta': segment [0, 2.1] of 'jump' lies past the end of the video (0.5 s)" in message
    clipped = videos.dataset(pipeline=TEST, past_end='clip')
    clipped.check_files()
    assert clipped[1]['data_samples'].gt_instances.segments.tolist() == [[0, 2.1]]
    assert clipped.action_counts()[1].tolist() == [1, 0]


def test_timing_must_be_stated(videos):
    assert 'timing is not stated' in refusal(videos.dataset, timing=None)


@pytest.mark.parametrize('length', [1, 10_000])
def test_very_short_and_very_long_videos(videos, length):
    for modality, dim in dict(rgb=4, flow=3).items():
        videos.save('alpha', modality, np.ones((length, dim), np.float16))
    dataset = videos.dataset(pipeline=TRAIN, ann_file=None)
    dataset.check_files()
    dataset.check_finite()
    assert dataset.num_snippets(0) == length
    assert dataset[DrawnVideo(0, 0, 1)]['inputs']['rgb'].shape == (min(5, length), 4)


# Bad annotations


@pytest.mark.parametrize(
    ('change', 'says'),
    [
        (dict(label='fly'), "unknown class 'fly'"),
        (dict(segment=[2, 2]), 'segment [2, 2] of'),
        (dict(segment=[2, 1]), 'does not end after its start'),
        (dict(segment=[-1, 1]), 'starts before the video'),
        (dict(segment=['nan', 1]), 'not finite'),
        (dict(segment=[3, 5.5]), 'lies past the end of the video (4 s)'),
        (dict(segment=[70, 71]), 'lies past the end'),
    ],
)
def test_bad_annotations_of_the_subset_are_refused(videos, change, says):
    videos.database['alpha']['annotations'][1].update(change)
    videos.annotate()
    message = refusal(videos.dataset, classes=['jump', 'run'])
    assert says in message
    assert "annotations.json: video 'alpha'" in message
    videos.dataset(classes=['jump', 'run'], exclude=['alpha'])
    videos.dataset(classes=['jump', 'run'], subset='test', test_mode=True)


def test_bad_files_of_annotations_are_refused(videos):
    path = videos.annotate()
    text = path.read_text()
    path.write_text(text.replace('"beta"', '"alpha"'))
    assert "'alpha' occurs twice" in refusal(videos.dataset)
    path.write_text(text[:-3])
    assert 'not JSON' in refusal(videos.dataset)
    path.write_text(json.dumps(dict(database={'../alpha': {}})))
    assert "video name '../alpha'" in refusal(videos.dataset)


# Bad features


@pytest.mark.parametrize(
    ('spoil', 'says'),
    [
        (lambda path: path.write_bytes(b''), 'empty file (0 bytes)'),
        (lambda path: path.write_bytes(path.read_bytes()[:-7]), 'truncated'),
        (lambda path: np.save(path, np.ones((0, 4), np.float32)), 'holds no snippet'),
        (lambda path: np.save(path, np.ones(8, np.float32)), 'shape (8,) is not (T, D)'),
        (lambda path: np.save(path, np.ones((8, 5), np.float32)), 'width 5 is not 4'),
        (lambda path: np.save(path, np.ones((8, 4), np.int32)), 'dtype int32'),
        (lambda path: np.save(path, np.full((8, 4), None), allow_pickle=True), 'dtype object'),
        (lambda path: np.save(path, np.ones((10, 4), np.float32)), '10 snippets of rgb, but 8 of flow'),
    ],
)
def test_bad_features_are_refused_from_their_headers(videos, spoil, says):
    path = videos.path('alpha')
    spoil(path)
    dataset = videos.dataset(feature_dims=dict(rgb=4))
    for call in (dataset.check_files, dataset.check_finite, lambda: dataset.load_features(0)):
        message = refusal(call)
        assert says in message
        assert str(path) in message
    videos.dataset(exclude=['alpha']).check_files()


def test_values_that_are_not_finite_are_refused(videos):
    features = np.ones((8, 4), np.float32)
    features[[2, 5], 1] = np.nan
    path = videos.save('alpha', 'rgb', features)
    dataset = videos.dataset(pipeline=TEST)
    dataset.check_files()
    for call in (dataset.check_finite, lambda: dataset[0]):
        assert f'{path}: NaN in 2 of 8 snippets, first in snippet 2' in refusal(call)


def test_streams_may_differ_by_the_tolerance(videos):
    videos.save('alpha', 'rgb', np.ones((9, 4), np.float32))
    dataset = videos.dataset(pipeline=TEST)
    dataset.check_files()
    assert dataset.num_snippets(0) == 8
    assert {key: len(tensor) for key, tensor in dataset[0]['inputs'].items()} == dict(rgb=8, flow=8)


@pytest.mark.parametrize(
    ('keys', 'says'),
    [
        (dict(modalities=()), 'modalities'),
        (dict(modalities=('rgb', 'rgb')), 'modalities'),
        (dict(feature_dims=dict(depth=3)), "feature_dims names 'depth'"),
        (dict(past_end='drop'), 'past_end'),
        (dict(cache=dict(budget_bytes=1, dtype='int8')), "dtype='int8'"),
    ],
)
def test_settings_that_mean_nothing_are_refused(videos, keys, says):
    assert says in refusal(videos.dataset, **keys)


# Workers


def test_a_cache_is_filled_by_the_check_and_used(videos):
    dataset = videos.dataset(pipeline=TEST, cache=dict(budget_bytes=10**6))
    dataset.check_finite()
    expected = {name: np.load(videos.path(name)) for name in dataset.video_names}
    for name in dataset.video_names:
        videos.path(name).write_bytes(b'')
    for index, name in enumerate(dataset.video_names):
        np.testing.assert_array_equal(dataset[index]['inputs']['rgb'].numpy(), expected[name])


def test_can_be_pickled(videos):
    dataset = videos.dataset(pipeline=TEST, cache=dict(budget_bytes=10**6))
    dataset.check_finite()
    other = pickle.loads(pickle.dumps(dataset))
    assert other.video_names == dataset.video_names
    torch.testing.assert_close(other[0]['inputs'], dataset[0]['inputs'])


@pytest.mark.parametrize('workers', [dict(num_workers=0), dict(num_workers=2), 'spawn'])
def test_loads_in_workers(videos, workers):
    if workers == 'spawn':
        workers = dict(num_workers=1, multiprocessing_context='spawn')
    dataset = videos.dataset(pipeline=TRAIN, cache=dict(budget_bytes=10**6))
    batches = [[DrawnVideo(i, i % 2, 10 * epoch + i) for i in (2, 0, 1)] for epoch in range(3)]
    loader = DataLoader(
        dataset,
        batch_sampler=batches,
        collate_fn=pseudo_collate,
        persistent_workers=workers['num_workers'] > 0,
        **workers,
    )
    for _ in range(2):
        for batch, drawn in zip(loader, batches, strict=True):
            for place, video in enumerate(drawn):
                expected = dataset[video]
                sample = batch['data_samples'][place]
                assert (sample.video_name, sample.drawn_cluster) == (dataset.video_names[video.index], video.cluster)
                assert sample.offset == expected['data_samples'].offset
                torch.testing.assert_close(batch['inputs']['flow'][place], expected['inputs']['flow'], rtol=0, atol=0)


# Real features


@pytest.mark.parametrize(('subset', 'videos_in', 'instances'), [('train', 141, 490), ('test', 56, None)])
def test_reads_gtea(shared_data, subset, videos_in, instances):
    dataset = UntrimmedVideoDataset(
        shared_data / 'gtea',
        subset=subset,
        modalities=('rgb',),
        timing=dict(fps=15, snippet_stride=5),
        feature_dims=dict(rgb=128),
        pipeline=TEST,
        test_mode=subset == 'test',
    )
    dataset.check_files()
    dataset.check_finite()
    assert len(dataset) == videos_in
    counts = dataset.action_counts()
    assert counts.shape == (videos_in, 10)
    assert instances is None or counts.sum() == instances
    for index, item in enumerate(dataset):
        sample = item['data_samples']
        assert item['inputs']['rgb'].shape == (sample.num_snippets, 128)
        assert sample.snippet_duration == pytest.approx(1 / 3)
        assert abs(sample.num_snippets * sample.snippet_duration - sample.duration) < 1e-3
        assert len(sample.gt_instances) == counts[index].sum()
