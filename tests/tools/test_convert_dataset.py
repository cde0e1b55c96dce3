"""tools/dataset_converters/convert_dataset.py: every layout in, one layout out."""

import json
import os
import runpy
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from mmacl.datasets import UntrimmedVideoDataset
from mmacl.datasets.annotations import open_annotations
from tests.datasets.annotations.twenty_videos import WRITERS, write_activitynet, write_csv

ROOT = Path(__file__).resolve().parents[2]
TOOL = 'dataset_converters/convert_dataset.py'
FEATURES = runpy.run_path(str(ROOT / 'tests/datasets/stores/test_joint_npy_store.py'))
JOINT, SLICES = FEATURES['JOINT'], FEATURES['SLICES']
SHORT_NAMES = dict(npy='folder', subsets='basnet', side='actionformer', joint='wtalc')

written = FEATURES['written']  # the fixture: 20 videos in each layout of features

PLUGIN = """
import os, signal, time
from pathlib import Path
from mmacl.datasets import NpyFolderStore
from mmacl.registry import FEATURE_STORES

@FEATURE_STORES.register_module(force=True)
class MortalStore(NpyFolderStore):
    lives = int(os.environ.get('LIVES', 1000))

    def load(self, video, modality):
        MortalStore.lives -= 1
        if MortalStore.lives <= 0:
            # All threads that read stop here, until the one that puts files into their places has come to the first.
            while not any(Path(os.environ['OUT']).rglob('*.npy')):
                time.sleep(0.01)
            os.kill(os.getpid(), signal.SIGKILL)
        return super().load(video, modality)
"""


@pytest.fixture
def source(tmp_path):
    for modality, pair in SLICES.items():
        (tmp_path / 'in/features' / modality).mkdir(parents=True)
        for name, array in JOINT.items():
            np.save(tmp_path / 'in/features' / modality / f'{name}.npy', array[:, slice(*pair)][:, :64])
    return tmp_path / 'in'


def tree(path):
    return {p.relative_to(path).as_posix(): p.read_bytes() for p in sorted(path.rglob('*')) if p.is_file()}


def assert_refused(result, *says):
    code, _, err = result
    assert code == 2, err
    assert err.startswith('error: ')
    assert err.count('\n') == 1, err
    for text in says:
        assert text in err


def test_every_layout_of_features_gives_the_same_folder(cli, written, tmp_path):
    root, config = written
    options = [f'{key}={value!r}' for key, value in config.items() if key != 'type']
    words = ['--store', *options] if options else []
    code, out, err = cli(TOOL, '--features', config['type'], root, *words, '--out', tmp_path / 'out')
    assert (code, err) == (0, ''), err
    assert '40 files of 20 videos' in out
    assert len(list((tmp_path / 'out').rglob('*.npy'))) == 40
    for modality, pair in SLICES.items():
        for name, array in JOINT.items():
            features = np.load(tmp_path / 'out/features' / modality / f'{name}.npy')
            assert features.dtype == np.float32
            np.testing.assert_array_equal(features, array[:, slice(*pair)])
    code, out, _ = cli(TOOL, '--features', config['type'], root, *words, '--out', tmp_path / 'out')
    assert (code, 'nothing to do' in out) == (0, True)


def test_public_layouts_have_short_names(cli, written, tmp_path):
    root, config = written
    kind = next(name for name, other in FEATURES['STORES'].items() if other == config)
    name = SHORT_NAMES.get(kind, kind)
    code, _, err = cli(TOOL, '--features', name, root, '--dtype', 'float16', '--out', tmp_path / 'out')
    assert (code, err) == (0, ''), err
    features = np.load(tmp_path / 'out/features/flow/video_19.npy')
    np.testing.assert_array_equal(features, JOINT['video_19'][:, 1024:].astype(np.float16))


@pytest.mark.parametrize('layout', WRITERS)
@pytest.mark.parametrize('with_features', [True, False])
def test_every_layout_of_annotations_reads_as_before(cli, source, tmp_path, layout, with_features):
    path = WRITERS[layout](tmp_path)
    words = ['--features', 'folder', source] if with_features else ['--annotation-layout', layout]
    code, out, err = cli(TOOL, *words, '--annotations', path, '--out', tmp_path / 'out')
    assert (code, err) == (0, ''), err
    assert 'annotations: 20 videos, 30 instances' in out
    again = open_annotations(tmp_path / 'out')
    assert open_annotations(path).first_difference(again) is None
    assert sum(len(record.ambiguous) for record in again.records) == 5
    if with_features:
        timing = dict(fps=25, snippet_stride=16)
        dataset = UntrimmedVideoDataset(tmp_path / 'out', subset='test', timing=timing, past_end='clip')
        dataset.check_files()
        assert dataset.action_counts().tolist() == [[1, 1]] * 10


@pytest.mark.parametrize('name', ['basnet/gt.json', 'wtalc', 'raw'])
def test_published_annotations(cli, shared_data, tmp_path, name):
    path = shared_data / 'thumos14' / name
    code, _, err = cli(TOOL, '--annotations', path, '--out', tmp_path)
    assert (code, err) == (0, '')
    assert open_annotations(path).first_difference(open_annotations(tmp_path)) is None
    assert set(tree(tmp_path)) == {'annotations.json', 'conversion.json'}


def test_a_killed_conversion_goes_on(cli, source, tmp_path, monkeypatch):
    (tmp_path / 'plugin').mkdir()
    (tmp_path / 'plugin/mortal.py').write_text(PLUGIN)
    gt = write_activitynet(tmp_path)
    words = ('--features', 'mortal', source, '--plugin', 'mortal', '--annotations', gt, '--out')
    dead = subprocess.run(
        [sys.executable, ROOT / 'tools' / TOOL, *words, tmp_path / 'out'],
        env={
            **os.environ,
            'PYTHONPATH': f'{ROOT}{os.pathsep}{tmp_path / "plugin"}',
            'LIVES': '17',
            'OUT': str(tmp_path / 'out/features'),
        },
        capture_output=True,
        text=True,
    )
    assert dead.returncode == -signal.SIGKILL, dead.stderr
    there = len(list((tmp_path / 'out/features').rglob('*.npy'))) if (tmp_path / 'out/features').exists() else 0
    assert 0 < there < 18
    monkeypatch.syspath_prepend(tmp_path / 'plugin')
    code, out, err = cli(TOOL, *words, tmp_path / 'out')
    assert (code, err) == (0, ''), err
    # A second call takes up where the first one was: at most the files on their way have to be read again.
    assert f'{40 - there} files of' in out or f'{40 - there - 1} files of' in out
    assert cli(TOOL, *words, tmp_path / 'whole')[0] == 0
    assert tree(tmp_path / 'out') == tree(tmp_path / 'whole')
    before = {path: path.stat() for path in (tmp_path / 'out').rglob('*')}
    code, out, err = cli(TOOL, *words, tmp_path / 'out')
    assert (code, err) == (0, '')
    assert '40 files up to date' in out
    assert 'nothing to do' in out
    assert {path: path.stat() for path in (tmp_path / 'out').rglob('*')} == before


@pytest.mark.parametrize('name', ['../evil', '/evil', '..', 'a\\b', 'C:evil', 'a\0b', '', 'VIDEO_00'])
@pytest.mark.parametrize('where', ['joint', 'gt', 'subset'])
def test_hostile_names(cli, tmp_path, name, where):
    root = tmp_path / 'deep/in'
    root.mkdir(parents=True)
    names = ['video_00', 'good' if where != 'joint' else name]
    np.save(root / 'videoname.npy', np.array([text.encode() for text in names], dtype=object), allow_pickle=True)
    np.save(root / FEATURES['JOINT_FILE'], np.ones((2, 3, 2048), np.float32))
    subset = 'VIDEO_00' if name == 'VIDEO_00' else name or '.'
    database = {'video_00': dict(subset='video_00' if where == 'subset' else 'test')}
    database['good' if where != 'gt' else name] = dict(subset=subset if where == 'subset' else 'test')
    (root / 'gt.json').write_text(json.dumps(dict(database=database)))
    before = tree(tmp_path)
    words = ('--features', 'wtalc', root, '--annotations', root / 'gt.json', '--keep-going')
    assert_refused(cli(TOOL, *words, '--out', tmp_path / 'deep/out'), 'name')
    assert tree(tmp_path) == before
    assert not (tmp_path / 'deep/out').exists()


@pytest.mark.parametrize('link', ['features', 'features/rgb', 'features/rgb/video_03.npy', 'annotations.json'])
def test_a_link_inside_the_output_folder_is_not_followed(cli, source, tmp_path, link):
    elsewhere, out = tmp_path / 'elsewhere', tmp_path / 'out'
    (elsewhere / 'sub').mkdir(parents=True)
    (elsewhere / 'file').write_bytes(b'old')
    (out / link).parent.mkdir(parents=True)
    (out / link).symlink_to(elsewhere / ('file' if '.' in link else 'sub'))
    before = tree(tmp_path)
    gt = write_csv(tmp_path)
    words = ('--features', 'folder', source, '--annotations', gt, '--keep-going', '--out', out)
    assert_refused(cli(TOOL, *words), 'symbolic link', link)
    gt.unlink()
    assert tree(tmp_path) == before
    assert not list((elsewhere / 'sub').iterdir())


def test_a_dry_run_writes_nothing(cli, source, tmp_path):
    before = tree(tmp_path)
    code, out, _ = cli(TOOL, '--features', 'folder', source, '--out', tmp_path / 'out', '--dry-run')
    assert code == 0
    assert '40 files of 20 videos' in out
    assert 'nothing is written' in out
    assert tree(tmp_path) == before
    assert not (tmp_path / 'out').exists()


def test_faults_stop_or_are_listed(cli, source, tmp_path):
    (source / 'features/rgb/video_03.npy').unlink()  # seen before anything is written
    spoilt = source / 'features/flow/video_07.npy'  # seen when it is read
    np.save(spoilt, np.full_like(np.load(spoilt), np.nan))
    words = ('--features', 'folder', source, '--out', tmp_path / 'out', '--jobs', 2)
    assert_refused(cli(TOOL, *words), 'rgb/video_03.npy', '--keep-going')
    assert not (tmp_path / 'out').exists()
    for _ in range(2):
        code, _, err = cli(TOOL, *words, '--keep-going')
        assert code == 1
        assert [line.split(':')[0] for line in err.splitlines()] == ['left out', 'left out', '2 videos were left out']
        assert err.index('video_03') < err.index('video_07')
    assert len(list((tmp_path / 'out').rglob('*.npy'))) == 36
    assert 'features/rgb/video_07.npy' not in json.loads((tmp_path / 'out/conversion.json').read_text())['files']


def test_float16_overflow_names_file_and_remedy(cli, source, tmp_path):
    path = source / 'features/flow/video_07.npy'
    features = np.load(path)
    features[1, 2] = 70000
    np.save(path, features)
    words = ('--features', 'folder', source, '--out', tmp_path / 'out')
    assert_refused(cli(TOOL, *words, '--dtype', 'float16'), str(path), '70000', '--dtype float32')
    code, _, err = cli(TOOL, *words)
    assert (code, err) == (0, '')
    np.testing.assert_array_equal(np.load(tmp_path / 'out/features/flow/video_07.npy'), features)


def test_annotated_videos_need_features(cli, source, tmp_path):
    gt = tmp_path / 'gt.json'
    record = dict(subset='test', annotations=[dict(segment=[0, 1], label='x')])
    gt.write_text(json.dumps(dict(database=dict(video_00=record, other=record, withheld=dict(subset='test')))))
    words = ('--features', 'folder', source, '--annotations', gt, '--out', tmp_path / 'out')
    assert_refused(cli(TOOL, *words), 'other.npy', 'no rgb features')
    code, _, err = cli(TOOL, *words, '--keep-going')
    assert (code, err.count('\n')) == (1, 2)
    assert len(open_annotations(tmp_path / 'out').records) == 3


def test_what_does_not_fit_is_refused_before_it_starts(cli, source, tmp_path, monkeypatch):
    monkeypatch.setattr('shutil.disk_usage', lambda _: SimpleNamespace(free=1000))
    assert_refused(cli(TOOL, '--features', 'folder', source, '--out', tmp_path / 'out'), '1.0 kB are free')
    assert not (tmp_path / 'out').exists()


@pytest.mark.parametrize(
    ('words', 'says'),
    [
        ([], 'give --features'),
        (['--slices', 'rgb=0:4', '--annotations', 'x'], 'belong to --features'),
        (['--features', 'folder', '.', '--annotation-layout', 'csv'], 'belongs to --annotations'),
        (['--features', 'folder', '.', '--jobs', '0'], '--jobs 0'),
        (['--features', 'voc', '.'], 'choose one of'),
        (['--features', 'folder', 'nowhere'], 'no such file or folder'),
        (['--annotations', 'nowhere.json'], 'no such file or folder'),
        (['--features', 'folder', '.', '--modalities', '../x'], 'modality name'),
    ],
)
def test_mistakes(cli, tmp_path, monkeypatch, words, says):
    monkeypatch.chdir(tmp_path)
    code, _, err = cli(TOOL, *words, '--out', tmp_path / 'out')
    assert code == 2
    assert says in err.splitlines()[-1]
    assert not list(tmp_path.iterdir())


# Timing


@pytest.fixture
def extracted(tmp_path):
    """A folder as the video_features project writes it: three frame rates, and a video shorter than a window."""
    root = tmp_path / 'flat'
    root.mkdir()
    for name, fps, length in (('a', 24.0, 10), ('b', 25.0, 7), ('c', 30.0, 3), ('d', 25.0, 0)):
        shape = (length, 4) if length else (0,)
        for modality in ('rgb', 'flow'):
            np.save(root / f'{name}_{modality}.npy', np.ones(shape, np.float32))
        np.save(root / f'{name}_fps.npy', np.float64(fps))
        np.save(root / f'{name}_timestamps_ms.npy', 64000 / fps * np.arange(1, length + 1))
    return ('--features', 'folder', root, '--store', "templates=('{video}_{modality}.npy',)", '--keep-going')


STEPS = {'a': 64 / 24, 'b': 64 / 25, 'c': 64 / 30}


def steps_of(folder):
    dataset = UntrimmedVideoDataset(folder, None, timing=dict(mode='file'))
    return {name: dataset.timing(index).snippet_duration for index, name in enumerate(dataset.video_names)}


def test_times_beside_the_features_become_the_timing_of_each_video(cli, extracted, tmp_path):
    out = tmp_path / 'out'
    code, said, err = cli(TOOL, *extracted, '--out', out)
    assert code == 1
    assert [line.split(':')[0] for line in err.splitlines()] == ['left out', '1 videos were left out']
    assert 'shorter than a snippet' in err
    assert 'timing: 1 videos at 2.667 s a snippet, 1 videos at 2.56' in said
    assert steps_of(out) == pytest.approx(STEPS)
    entries = json.loads((out / 'timing.json').read_text())['videos']
    assert entries['a'] == dict(fps=24.0, snippet_stride=64)
    assert 'nothing to do' in cli(TOOL, *extracted, '--out', out)[1]
    # What is beside the features is carried over.
    assert cli(TOOL, '--features', 'folder', out, '--out', tmp_path / 'again')[0] == 0
    assert (tmp_path / 'again/timing.json').read_bytes() == (out / 'timing.json').read_bytes()


@pytest.mark.parametrize(
    'words',
    [
        ('--timing', 'companions', '--snippet-stride', '64'),
        ('--timing', '{root}/rates.csv', '--snippet-stride', '64'),
        ('--timing', 'annotations', '--snippet-stride', '64', '--annotations', '{root}/gt.json'),
        ('--fps', '25', '--snippet-stride', '64'),
    ],
)
def test_a_timing_that_is_stated(cli, extracted, tmp_path, words):
    root = extracted[2]
    (tmp_path / 'rates.csv').write_text('video,fps\na,24\nb,25\nc,30\n')
    rates = dict(a=24, b=25, c=30)
    (tmp_path / 'gt.json').write_text(json.dumps(dict(database={name: dict(fps=fps) for name, fps in rates.items()})))
    for path in root.glob('*_timestamps_ms.npy'):
        path.unlink()
    code, said, _ = cli(TOOL, *extracted, '--out', tmp_path / 'out')
    assert 'timing: not written' in said
    assert 'snippet_stride is not stated' in said
    assert not (tmp_path / 'out/timing.json').exists()
    code, _, _ = cli(TOOL, *extracted, *(word.format(root=tmp_path) for word in words), '--out', tmp_path / 'out')
    assert code == 1
    expected = dict.fromkeys(STEPS, 64 / 25) if '--fps' in words else STEPS
    assert steps_of(tmp_path / 'out') == pytest.approx(expected)


def test_a_stated_timing_that_misses_a_video_is_refused(cli, extracted, tmp_path):
    (tmp_path / 'rates.csv').write_text('video,fps\na,24\n')
    words = ('--timing', tmp_path / 'rates.csv', '--snippet-stride', 64, '--out', tmp_path / 'out')
    assert_refused(cli(TOOL, *extracted, *words), 'rates.csv', "video 'b': no timing of 2 of 3 videos")
    assert not (tmp_path / 'out').exists()


def test_features_as_text_are_converted(cli, tmp_path):
    (tmp_path / 'in/features/rgb').mkdir(parents=True)
    (tmp_path / 'in/features/rgb/a.csv').write_text('f0,f1\n1,2\n3,4.5\n')
    words = (tmp_path / 'in', '--modalities', 'rgb', '--out', tmp_path / 'out')
    assert_refused(cli(TOOL, '--features', 'folder', *words), 'no rgb features, but', 'a.csv', '--features csv')
    code, _, err = cli(TOOL, '--features', 'csv', *words)
    assert (code, err) == (0, '')
    np.testing.assert_array_equal(np.load(tmp_path / 'out/features/rgb/a.npy'), [[1, 2], [3, 4.5]])


def test_a_dead_link_is_named(cli, source, tmp_path):
    (source / 'features/rgb/dead.npy').symlink_to(tmp_path / 'nowhere.npy')
    words = ('--features', 'folder', source, '--modalities', 'rgb', '--out', tmp_path / 'out')
    assert_refused(cli(TOOL, *words), f'a link to {tmp_path / "nowhere.npy"}, which does not exist; mend or remove')
