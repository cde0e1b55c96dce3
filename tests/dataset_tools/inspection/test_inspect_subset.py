import numpy as np
import pytest

from mmacl.dataset_tools.inspection import Subject, inspect_subset
from mmacl.datasets import NpyFolderStore


def look(videos, trains=True, timing_stated=True, **kwargs):
    dataset = videos.dataset(lazy_init=True, **kwargs)
    return inspect_subset(Subject('train', dataset, trains, timing_stated), 2, lambda results, *_: results)


def kinds(report):
    return sorted(fault.kind for fault in report.faults)


def test_a_clean_subset(videos):
    report = look(videos)
    assert report.faults == []
    assert [facts.video for facts in report.videos] == ['alpha', 'beta', 'gamma']
    assert report.unannotated == {}


@pytest.mark.parametrize('cache', [None, dict(budget_bytes=10**6), dict(budget_bytes=10**6, dtype='float16')])
def test_nothing_is_kept_but_what_the_cache_refuses_is_refused(videos, cache):
    videos.save('alpha', 'rgb', np.full((8, 4), 1e6, np.float32) * np.arange(1, 9, dtype=np.float32)[:, None])
    report = look(videos, cache=cache)
    assert kinds(report) == (['dtype'] if cache and 'dtype' in cache else [])
    if cache:
        assert look(videos, cache=cache, store=NpyFolderStore(videos.root)).videos[1].streams['rgb'].length == 1


def test_mode_duration_needs_durations(videos):
    del videos.database['beta']['duration']
    videos.annotate()
    assert kinds(look(videos, timing=dict(mode='duration'))) == ['duration']
    assert kinds(look(videos, timing=dict(mode='duration'), timing_stated=False)) == []


def test_videos_brought_to_one_length_do_not_drift(videos):
    for name in videos.database:
        for modality, dim in (('rgb', 4), ('flow', 3)):
            videos.save(name, modality, np.random.default_rng(len(name) + dim).random((10, dim), np.float32))
    assert 'drift' not in kinds(look(videos, timing=dict(mode='duration')))


def test_a_plug_in_reader_that_refuses_is_reported(videos, monkeypatch):
    from mmacl.datasets import UntrimmedVideoDataset
    from mmacl.utils import InputError

    def refuse(self):
        raise InputError('smells; air it')

    monkeypatch.setattr(UntrimmedVideoDataset, 'read_annotations', refuse)
    report = look(videos)
    assert [(fault.what, fault.file) for fault in report.faults] == [
        ('smells; air it', str(videos.root / 'annotations.json'))
    ]
    assert len(report.videos) == 4


def test_what_only_the_data_set_itself_refuses(videos, monkeypatch):
    from mmacl.datasets import UntrimmedVideoDataset
    from mmacl.utils import InputError

    def refuse(self):
        raise InputError('the moon is full; wait')

    monkeypatch.setattr(UntrimmedVideoDataset, 'check_files', refuse)
    assert kinds(look(videos)) == ['other']


def test_missing_features_of_another_name(videos):
    for modality in ('rgb', 'flow'):
        videos.path('alpha', modality).rename(videos.path('v_alpha', modality))
    report = look(videos)
    assert kinds(report) == ['missing', 'missing']
    assert all("rename the features of 'v_alpha'" in fault.remedy for fault in report.faults)
    assert list(report.unannotated) == ['v_alpha']


def test_excluded_videos_are_not_missed(videos):
    videos.path('alpha').unlink()
    assert look(videos, exclude=['alpha']).faults == []
    assert kinds(look(videos)) == ['missing']


def test_every_store(videos, tmp_path):
    h5py = pytest.importorskip('h5py')
    features = {n: {m: np.load(videos.path(n, m)) for m in ('rgb', 'flow')} for n in videos.database}
    features['beta']['flow'][0, 1] = np.nan
    root = videos.root
    with h5py.File(root / 'features.h5', 'w') as file:
        for name, streams in features.items():
            for modality, array in streams.items():
                file[f'{modality}/{name}'] = array
    (root / 'npz').mkdir()
    (root / 'wide').mkdir()
    for name, streams in features.items():
        np.savez(root / 'npz' / f'{name}.npz', **streams)
        np.save(root / 'wide' / f'{name}.npy', np.hstack([streams['rgb'], streams['flow']]))
    joint = np.empty(4, dtype=object)
    joint[:] = [np.hstack([streams['rgb'], streams['flow']]) for streams in features.values()]
    np.save(root / 'joint.npy', joint)
    np.save(root / 'names.npy', np.array(list(features)))
    slices = dict(rgb=(0, 4), flow=(4, 7))
    for store, file in (
        (dict(type='HDF5Store'), 'features.h5: flow/beta'),
        (dict(type='NpzStore', templates=('npz/{video}.npz',)), 'npz/beta.npz: flow'),
        (dict(type='NpyFolderStore', templates=('wide/{video}.npy',), slices=slices), 'wide/beta.npy'),
        (dict(type='JointNpyStore', file='joint.npy', names='names.npy', slices=slices), "joint.npy: flow of 'beta'"),
    ):
        (fault,) = look(videos, store=store).faults
        assert (fault.kind, fault.video, fault.file) == ('not finite', 'beta', f'{root}/{file}')


@pytest.mark.parametrize(
    'store', [dict(type='HDF5Store'), dict(type='JointNpyStore', file='features.h5', names='features.h5')]
)
def test_a_torn_file_is_blamed_once(videos, store):
    pytest.importorskip('h5py')
    (videos.root / 'features.h5').write_bytes(b'torn')
    (fault,) = look(videos, store=store).faults
    assert fault.kind == 'damaged file'
    assert fault.file == str(videos.root / 'features.h5')


def write_csv(root):
    rows = ['alpha,0.5,2,run', 'alpha,3,1,run', 'beta,x,0.5,jump', 'beta,0,0.5,jump', 'gamma,1,9.5,run']
    (root / 'gt.csv').write_text('\n'.join(['video,start,end,label', *rows]))
    return dict(type='CsvAnnotations'), 'gt.csv', 'gt.csv'


def write_thumos14(root):
    (root / 'raw').mkdir()
    (root / 'raw' / 'run_val.txt').write_text('alpha 0.5 2\nalpha 3 1\ngamma 1 9.5\n')
    (root / 'raw' / 'jump_val.txt').write_text('beta x 0.5\nbeta 0 0.5\n')
    return dict(type='Thumos14Annotations'), 'raw', 'raw/jump_val.txt'


def write_wtalc(root):
    def objects(*values):
        array = np.empty(len(values), dtype=object)
        array[:] = values
        return array

    (root / 'wtalc').mkdir()
    np.save(root / 'wtalc' / 'videoname.npy', np.array(['alpha', 'beta', 'gamma']))
    np.save(root / 'wtalc' / 'labels.npy', objects(['run', 'run'], ['jump'], ['run']))
    np.save(root / 'wtalc' / 'segments.npy', objects([[0.5, 2], [3, 1]], [['x', 0.5]], [[1, 9.5]]))
    return dict(type='WTalcAnnotations'), 'wtalc', 'wtalc'


@pytest.mark.parametrize('write', [write_csv, write_thumos14, write_wtalc])
def test_every_annotation_reader(videos, write):
    reader, ann_file, blamed = write(videos.root)
    videos.path('gamma').write_bytes(b'')
    report = look(videos, subset=None, ann_reader=reader, ann_file=ann_file, allow_empty_classes=True)
    assert sorted((fault.kind, fault.video, fault.file) for fault in report.faults if not fault.warning) == [
        ('annotation', 'beta', f'{videos.root}/{blamed}'),
        ('empty file', 'gamma', str(videos.path('gamma'))),
        ('segment', 'alpha', f'{videos.root}/{ann_file}'),
    ]
