"""Files that are not what they should be: every reader refuses them in one line, at once, and reads no huge one."""

from __future__ import annotations

import json
import time
import tracemalloc

import h5py
import numpy as np
import pytest
from safetensors.numpy import save_file

from mmacl.datasets.annotations import (
    ActivityNetAnnotations,
    AudacityAnnotations,
    CsvAnnotations,
    CvatAnnotations,
    LabelStudioAnnotations,
    Thumos14Annotations,
    ViaAnnotations,
    WTalcAnnotations,
    open_annotations,
)
from mmacl.evaluation import GroundTruth, read_detections
from mmacl.registry import FEATURE_STORES
from mmacl.structures import PseudoLabels
from mmacl.utils import InputError

LINE = 200 * 10**6  # bytes


def wtalc(folder, name='a'):
    (folder / 'wtalc').mkdir(exist_ok=True)
    for file, value in dict(videoname=[name.encode()], labels=[[b'run']], segments=[[[1.0, 2.0]]]).items():
        array = np.empty(1, dtype=object)
        array[0] = value[0]
        np.save(folder / 'wtalc' / f'{file}.npy', array)
    return folder / 'wtalc'


def huge(path):
    """A line of 200 MB; its zeros take no room on the disk."""
    path.parent.mkdir(exist_ok=True)
    with path.open('wb') as file:
        file.truncate(LINE)
    return path


def with_ambiguous(path):
    segments = open_annotations(path.parent / 'gt.json')
    return GroundTruth.from_annotations(segments, None, 'gt').with_ambiguous(path)


READERS = {
    'gt.json': lambda path: ActivityNetAnnotations(path).read(),
    'gt.csv': lambda path: CsvAnnotations(path).read(),
    'Run_test.txt': lambda path: Thumos14Annotations(path.parent).read(),
    'wtalc/Ambiguous_test.txt': lambda path: WTalcAnnotations(path.parent).read(),
    'wtalc/labels.npy': lambda path: WTalcAnnotations(path.parent).read(),
    'results.json': read_detections,
    'a.eaf': open_annotations,
    'cvat.xml': lambda path: CvatAnnotations(path).read(),
    'tasks.json': lambda path: LabelStudioAnnotations(path).read(),
    'via.json': lambda path: ViaAnnotations(path).read(),
    'labels.txt': lambda path: AudacityAnnotations(path).read(),
    'labels.json': PseudoLabels.load,
}


def assert_refused(read, path, *mentions):
    tracemalloc.start()
    start = time.process_time()
    try:
        with pytest.raises(InputError) as caught:
            read(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert time.process_time() - start < 2
    assert peak < 2e6
    message = str(caught.value)
    assert message.isprintable()
    assert len(message) < 1000
    for words in mentions:
        assert words in message


@pytest.mark.parametrize('name', READERS)
def test_a_line_of_200_mb(tmp_path, name):
    wtalc(tmp_path)
    assert_refused(READERS[name], huge(tmp_path / name), name)


def test_a_line_of_200_mb_of_ambiguous_segments(tmp_path):
    (tmp_path / 'gt.json').write_text('{"database": {"a": {"annotations": [{"segment": [0, 1], "label": "run"}]}}}')
    with_ambiguous(write_text(tmp_path / 'fine.txt', 'a 1 2\n'))
    assert_refused(with_ambiguous, huge(tmp_path / 'amb.txt'), 'amb.txt', '200 MB')


def write_text(path, text):
    path.write_text(text)
    return path


@pytest.mark.parametrize('which', ['gt', 'results'])
def test_the_scorer_says_so_in_one_line(cli, tmp_path, which):
    (tmp_path / 'gt.json').write_text('{"database": {"a": {"annotations": [{"segment": [0, 1], "label": "run"}]}}}')
    (tmp_path / 'results.json').write_text('{"results": {"a": []}}')
    huge(tmp_path / f'{which}.json')
    code, _, err = cli('analysis_tools/eval_detections.py', tmp_path / 'gt.json', tmp_path / 'results.json')
    assert code == 2
    assert err.startswith(f'error: {tmp_path / which}.json: 200 MB is more than')
    assert err.count('\n') == 1


WRONG_NAMES = ['../a', 'a/b', '/a', '..', '.', 'a\\b', 'a..b', '', 'a\nb', '\ud800']
ONE = [{'segment': [0, 1], 'label': 'run', 'score': 1}]


@pytest.mark.parametrize('name', WRONG_NAMES)
def test_names_of_videos_that_lead_elsewhere(tmp_path, name):
    quoted = json.dumps(name)
    assert_refused(
        READERS['gt.json'], write_text(tmp_path / 'gt.json', f'{{"database": {{{quoted}: {{}}}}}}'), 'video name'
    )
    assert_refused(read_detections, write_text(tmp_path / 'r.json', f'{{"results": {{{quoted}: []}}}}'), 'video name')
    if name.isprintable():
        assert_refused(
            READERS['gt.csv'], write_text(tmp_path / 'gt.csv', f'video,start,end,label\n{name},0,1,run\n'), 'video name'
        )
        assert_refused(lambda path: WTalcAnnotations(path).read(), wtalc(tmp_path, name), 'video name')
        if name:
            assert_refused(
                READERS['Run_test.txt'], write_text(tmp_path / 'Run_test.txt', f'{name} 0 1\n'), 'video name'
            )


@pytest.mark.parametrize('label', ['', 'a\nb', '\x1b[2J', '\ud800', 'a\0'])
def test_labels_that_cannot_be_printed(tmp_path, label):
    content = {'database': {'a': {'annotations': [{'segment': [0, 1], 'label': label}]}}}
    assert_refused(READERS['gt.json'], write_text(tmp_path / 'gt.json', json.dumps(content)), 'label')
    content = {'classes': [label], 'database': {}}
    assert_refused(READERS['gt.json'], write_text(tmp_path / 'gt.json', json.dumps(content)), 'label')


@pytest.mark.parametrize('value', ['NaN', 'Infinity', '-Infinity'])
def test_json_with_nan(tmp_path, value):
    annotation = f'[{{"segment": [0, {value}], "label": "run", "score": 1}}]'
    for name, text in (
        ('gt.json', f'{{"database": {{"a": {{"annotations": {annotation}}}}}}}'),
        ('results.json', f'{{"results": {{"a": {annotation}}}}}'),
        ('labels.json', f'{{"num_clusters": {value}, "labels": {{}}}}'),
    ):
        assert_refused(READERS[name], write_text(tmp_path / name, text), f'{value} is not valid JSON')


@pytest.mark.parametrize('value', ['"nan"', '1e999', '"-inf"'])
def test_times_that_are_no_numbers_are_not_scored(cli, tmp_path, value):
    good = '{"database": {"a": {"annotations": [{"segment": [0, 1], "label": "run"}]}}}'
    (tmp_path / 'results.json').write_text('{"results": {"a": []}}')
    (tmp_path / 'gt.json').write_text(good.replace('1]', f'{value}]'))
    code, _, err = cli('analysis_tools/eval_detections.py', tmp_path / 'gt.json', tmp_path / 'results.json')
    assert (code, err.count('\n')) == (2, 1)
    assert 'not finite' in err


def test_a_table_of_labels_cannot_fill_the_memory(tmp_path):
    path = write_text(tmp_path / 'labels.json', '{"num_clusters": 1000000000000, "labels": {"a": [0]}}')
    assert_refused(PseudoLabels.load, path, 'num_clusters')


def test_names_may_not_be_too_many(tmp_path, monkeypatch):
    monkeypatch.setattr('mmacl.datasets.annotations.wtalc._MAX_VALUES', 3)
    np.save(wtalc(tmp_path) / 'videoname.npy', np.array([b'a', b'b', b'c', b'd']))
    assert_refused(lambda path: WTalcAnnotations(path).read(), tmp_path / 'wtalc', 'more than any data set')


STORES = {
    'npy': dict(type='NpyFolderStore'),
    'subsets': dict(type='NpyFolderStore', templates=('features/{subset}/{modality}/{video}.npy',)),
    'joint': dict(type='JointNpyStore', file='j.npy'),
    'hdf5': dict(type='HDF5Store'),
    'npz': dict(type='NpzStore'),
    'safetensors': dict(type='SafetensorsStore'),
}


@pytest.fixture
def stores_root(tmp_path):
    root = tmp_path / 'root'
    for folder in (root / 'features/rgb', root / 'features/train/rgb'):
        folder.mkdir(parents=True)
    array = np.ones((2, 3), np.float32)
    for place in (tmp_path / 'a.npy', root / 'a.npy', root / 'features/a.npy', root / 'features/train/a.npy'):
        np.save(place, array)
    np.savez(root / 'a.npz', rgb=array)
    with h5py.File(root / 'features.h5', 'w') as file:
        file['rgb/a/b'] = file['a'] = array
    save_file({'rgb/a/b': array, 'a': array}, root / 'features.safetensors')
    joint = np.empty(1, dtype=object)
    joint[0] = array
    np.save(root / 'j.npy', joint)
    np.save(root / 'videoname.npy', np.array(['b']))
    return root


@pytest.mark.parametrize('layout', STORES)
@pytest.mark.parametrize('name', ['../a', 'a/b', '../../../a', '..', '\\a'])
def test_no_store_leaves_its_folder(stores_root, layout, name):
    store = FEATURE_STORES.build({**STORES[layout], 'root': stores_root})
    for ask in (store.load, store.shape):
        with pytest.raises(InputError):
            ask(name, 'rgb')
