"""tools/misc/check_dataset.py finds every fault of a folder made faulty on purpose, one at a time and all at once."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

TOOL = 'misc/check_dataset.py'
CLASSES = [f'class_{label}' for label in range(3)]
NUM_VIDEOS = 48


class Faulty:
    """A folder that is about to be spoilt."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.content = json.loads((root / 'annotations.json').read_text())
        self.content['classes'] = list(CLASSES)
        self.database = self.content['database']
        self.twice: list[str] = []

    def file(self, video: str, modality: str = 'rgb') -> Path:
        return self.root / 'features' / modality / f'{video}.npy'

    def write(self) -> None:
        text = json.dumps(self.content)
        for name in self.twice:
            text = text.replace('"database": {', f'"database": {{"{name}": {json.dumps(self.database[name])}, ')
        (self.root / 'annotations.json').write_text(text)


def save(array):
    """Write what ``array`` makes of the RGB features."""

    def spoil(data, video):
        path = data.file(video)
        np.save(path, array(np.load(path)))
        return path

    return spoil


def write_bytes(content):
    def spoil(data, video):
        path = data.file(video)
        path.write_bytes(content(path.read_bytes()))
        return path

    return spoil


def delete(modality):
    def spoil(data, video):
        path = data.file(video, modality)
        path.unlink()
        return path

    return spoil


def instance(**changes):
    """Change the first instance."""

    def spoil(data, video):
        data.database[video]['annotations'][0].update(changes)
        return data.root / 'annotations.json'

    return spoil


def record(**changes):
    def spoil(data, video):
        data.database[video].update(changes)
        return data.root / 'annotations.json'

    return spoil


def with_values(value):
    def change(features):
        features[4:6, 2] = features[7, 0] = value
        return features

    return save(change)


def objects(features):
    array = np.empty(2, dtype=object)
    array[:] = [features, 'text']
    return array


def past_the_end(data, video):
    start = data.database[video]['duration'] - 1
    return instance(segment=[start, start + 9])(data, video)


def again(data, video):
    data.database[video]['annotations'] *= 2
    return data.root / 'annotations.json'


def stands_twice(data, video):
    data.twice.append(video)
    return data.root / 'annotations.json'


def renamed(data, video):
    data.database[f'a/{video}'] = data.database.pop(video)
    for modality in ('rgb', 'flow'):
        data.file(video, modality).unlink()
    return data.root / 'annotations.json'


def in_spaces(data, video):
    data.database[f'{video} '] = data.database.pop(video)
    for modality in ('rgb', 'flow'):
        data.file(video, modality).rename(data.file(f'{video} ', modality))
    return data.root / 'annotations.json'


def features_of(other):
    def spoil(data, video):
        for modality in ('rgb', 'flow'):
            shutil.copy(data.file(other, modality), data.file(video, modality))
        data.database[video].update(duration=data.database[other]['duration'])
        data.database[video]['annotations'] = data.database[other]['annotations']
        return data.file(video)

    return spoil


def rgb_as_flow(data, video):
    shutil.copy(data.file(video), data.file(video, 'flow'))
    return data.file(video, 'flow')


def half(data, video):
    for modality in ('rgb', 'flow'):
        path = data.file(video, modality)
        np.save(path, np.load(path)[:4])
    data.database[video]['annotations'][0]['segment'] = [0.5, 3.5]
    return data.file(video)


# Kind, number of the video, how it is spoilt, a word of the message.
FAULTS = {
    'no rgb file': ('missing', 0, delete('rgb'), 'no rgb features'),
    'no flow file': ('missing', 1, delete('flow'), 'no flow features'),
    'an empty file': ('empty file', 2, write_bytes(lambda _: b''), '0 bytes'),
    'a truncated file': ('truncated', 3, write_bytes(lambda content: content[:-40]), 'truncated'),
    'no npy file': ('damaged file', 4, write_bytes(lambda _: b'not an array'), 'not a .npy file'),
    'a pickle': ('object array', 5, save(objects), 'pickle'),
    'integers': ('dtype', 6, save(lambda x: (9 * x).astype(np.int32)), 'int32'),
    'three axes': ('shape', 7, save(lambda x: x[None]), '(T, D)'),
    'no snippet': ('no snippet', 8, save(lambda x: x[:0]), 'no snippet'),
    'NaN': ('not finite', 9, with_values(np.nan), 'NaN in 3 of'),
    'infinity': ('not finite', 10, with_values(np.inf), '(4-5, 7)'),
    'another width': ('width', 11, save(lambda x: np.pad(x, ((0, 0), (0, 1)))), 'width 13, not 12'),
    'streams of two lengths': ('streams differ', 12, save(lambda x: np.vstack([x, x[:3]])), 'snippets of rgb'),
    'too few snippets': ('drift', 13, half, 'the video lasts'),
    'an unknown class': ('unknown class', 14, instance(label='clas_1'), "'clas_1'"),
    'a segment past the end': ('past the end', 15, past_the_end, 'past the end'),
    'a segment before 0': ('segment', 16, instance(segment=[-2.0, 3.0]), 'starts before the video'),
    'a segment backwards': ('segment', 17, instance(segment=[5.0, 3.0]), 'does not end after its start'),
    'a segment of no length': ('segment', 18, instance(segment=[3.0, 3.0]), 'does not end after its start'),
    'a segment twice': ('duplicate segment', 19, again, 'is annotated 2 times'),
    'half a segment': ('annotation', 20, instance(segment=[3.0]), 'is not {"segment"'),
    'a time in words': ('annotation', 21, instance(segment=['soon', 3.0]), "'soon'"),
    'a time that is NaN': ('segment', 22, instance(segment=[float('nan'), 3.0]), 'not finite'),
    'a time without end': ('segment', 34, instance(segment=[3.0, 'inf']), 'not finite'),
    'a label that is a number': ('annotation', 23, instance(label=1), 'is not {"segment"'),
    'a negative duration': ('duration', 24, record(duration=-3.0), 'duration -3.0'),
    'a duration in words': ('annotation', 25, record(duration='long'), "'long'"),
    'annotations that are no list': ('annotation', 26, record(annotations='none'), 'must be a string'),
    'a video annotated twice': ('twice', 27, stands_twice, 'occurs twice'),
    'a name that is a path': ('annotation', 28, renamed, 'cannot be a file name'),
    'a name with spaces': ('name', 29, in_spaces, 'spaces'),
    'features of another video': (
        'same features',
        31,
        features_of('video_030'),
        "rgb holds the same values as video 'video_030'",
    ),
    'features of a test video': (
        'same features',
        47,
        features_of('video_032'),
        "rgb holds the same values as video 'video_032' of train",
    ),
    'flow that is rgb': ('same streams', 33, rgb_as_flow, 'same values as rgb'),
}
# Other kinds that a fault brings along.
COMPANIONS = {'a time that is NaN': {'not JSON'}, 'a time without end': {'past the end'}}


@pytest.fixture
def good(tmp_path, make_folder) -> Faulty:
    data = Faulty(make_folder(tmp_path / 'data', num_videos=NUM_VIDEOS))
    data.write()
    return data


def check(cli, config, tmp_path, *arguments):
    code, out, err = cli(TOOL, config, '--json', tmp_path / 'report.json', '--jobs', 2, *arguments)
    assert err == ''
    return code, out, json.loads((tmp_path / 'report.json').read_text())


def assert_found(report, out, kind, video, path, words):
    found = [
        fault
        for fault in report['faults']
        if fault['kind'] == kind and words in fault['what'] and video in f'{fault["video"].strip()} {fault["what"]}'
    ]
    assert len(found) == 1, report['faults']
    assert found[0]['file'] == str(path)
    assert found[0]['remedy']
    line = next(line for line in out.splitlines() if words in line and video in line)
    assert f'({path}); ' in line


def test_a_good_folder_has_no_faults(good, cli, write_config, tmp_path):
    code, out, report = check(cli, write_config(good.root), tmp_path)
    assert (code, report['faults'], report['warnings'], report['clean']) == (0, [], [], True)
    assert out.rstrip().endswith('no faults, no warnings')
    train = report['subsets']['train']
    assert (train['num_videos'], train['num_instances'], train['snippet_duration']) == (42, 42, 1.0)
    assert train['classes']['class_1'] == {
        'videos': 14,
        'instances': 14,
        'seconds': train['classes']['class_1']['seconds'],
    }
    assert all(video['drift_seconds'] == 0 for video in train['videos'].values())
    assert 'val, test' in report['subsets']


@pytest.mark.parametrize('fault', FAULTS)
def test_one_fault_is_found_alone(fault, good, cli, write_config, tmp_path):
    kind, number, spoil, words = FAULTS[fault]
    path = spoil(good, f'video_{number:03d}')
    good.write()
    code, out, report = check(cli, write_config(good.root), tmp_path)
    assert code == 1
    assert_found(report, out, kind, f'video_{number:03d}', path, words)
    assert set(report['fault_counts']) == {kind} | COMPANIONS.get(fault, set())


def test_all_faults_are_found_at_once(good, cli, write_config, tmp_path):
    paths = {name: spoil(good, f'video_{number:03d}') for name, (_, number, spoil, _) in FAULTS.items()}
    good.write()
    code, out, report = check(cli, write_config(good.root), tmp_path)
    assert code == 1
    assert len(FAULTS) >= 20
    for name, (kind, number, _, words) in FAULTS.items():
        assert_found(report, out, kind, f'video_{number:03d}', paths[name], words)


def test_classes_without_videos(good, cli, write_config, tmp_path):
    good.content['classes'].append('class_3')
    for name in ('video_042', 'video_045'):
        good.database[name]['annotations'][0]['label'] = 'class_2'
    good.write()
    code, _, report = check(cli, write_config(good.root), tmp_path)
    assert code == 1
    (fault,) = report['faults']
    assert (fault['kind'], fault['subset'], fault['file']) == (
        'empty class',
        'train',
        str(good.root / 'annotations.json'),
    )
    assert "'class_3'" in fault['what']
    assert {(w['subset'], w['what'][-9:]) for w in report['warnings']} == {
        ('val, test', "'class_0'"),
        ('val, test', "'class_3'"),
    }


@pytest.mark.parametrize('content', ['{"database": ', '[]', '{"database": {}}'])
def test_features_are_examined_though_the_annotations_are_unreadable(content, good, cli, write_config, tmp_path):
    (good.root / 'annotations.json').write_text(content)
    good.file('video_003').write_bytes(b'')
    code, _, report = check(cli, write_config(good.root), tmp_path)
    assert code == 1
    assert str(good.root / 'annotations.json') in {fault['file'] for fault in report['faults']}
    if content != '{"database": {}}':
        assert 'empty file' in report['fault_counts']
        assert len(report['subsets']['train']['videos']) == NUM_VIDEOS


def test_a_dataset_that_cannot_be_built_does_not_hide_the_other(good, cli, write_config, tmp_path):
    good.file('video_047').write_bytes(b'')
    config = write_config(good.root)
    code, _, report = check(cli, config, tmp_path, '--cfg-options', 'train_dataloader.dataset.modalities=()')
    assert code == 1
    assert report['fault_counts'] == {'config': 1, 'empty file': 1}


def test_a_subset_that_does_not_exist(good, cli, write_config, tmp_path):
    config = write_config(good.root)
    code, out, report = check(cli, config, tmp_path, '--cfg-options', 'train_dataloader.dataset.subset=dev')
    assert (code, report['fault_counts']) == (1, {'subset': 1})
    assert "no video in subset 'dev'" in out


def test_wrong_timing_is_said_once_for_all(good, cli, write_config, tmp_path):
    timing = 'train_dataloader.dataset.timing.fps=2.0'
    code, out, report = check(cli, write_config(good.root), tmp_path, '--cfg-options', timing, '--show', 2)
    assert (code, report['fault_counts']) == (1, {'timing': 1, 'drift': 42})
    assert 'the timing says 0.5 s a snippet, but by the durations half of the videos have 1 s' in out
    assert '... and 40 more' in out


def test_warnings_do_no_harm(good, cli, write_config, tmp_path):
    np.save(good.file('stranger'), np.ones((9, 12), np.float32))
    np.save(good.file('video_001'), np.load(good.file('video_001')).astype(np.float16))
    flow = good.file('video_002', 'flow')
    np.save(flow, np.full_like(np.load(flow), 0.5))
    good.database['Video_003'] = dict(good.database['video_003'])
    for modality in ('rgb', 'flow'):
        x = np.load(good.file('video_003', modality))
        np.save(good.file('Video_003', modality), x + 1)
    good.database['video_004'].update(duration=good.database['video_004']['duration'] + 3)
    end = good.database['video_004']['duration']
    good.database['video_004']['annotations'].append({'segment': [end - 2, end], 'label': 'class_1'})
    good.write()
    code, out, report = check(cli, write_config(good.root), tmp_path)
    assert (code, report['faults']) == (0, [])
    assert report['warning_counts'] == {
        'behind the features': 1,
        'constant': 1,
        'drift': 1,
        'mixed precision': 1,
        'not annotated': 1,
        'similar names': 1,
    }
    assert 'stranger: there are features, but the video is not annotated' in out


def test_accepted_kinds_are_warnings(good, cli, write_config, tmp_path):
    again(good, 'video_000')
    good.write()
    code, out, report = check(cli, write_config(good.root), tmp_path, '--accept', 'duplicate segment')
    assert (code, report['warning_counts']) == (0, {'duplicate segment': 1})
    assert '--accept' not in out
    code, out, _ = check(cli, write_config(good.root), tmp_path, '--accept', 'duplicates')
    assert code == 1
    assert out.endswith("--accept 'duplicates': nothing of that kind was found\n")


@pytest.mark.parametrize('timing', [(), ('--fps', 2, '--snippet-stride', 2)])
def test_a_folder_needs_no_config(timing, good, cli, tmp_path):
    code, _, report = check(cli, good.root, tmp_path, *timing)
    assert (code, report['faults'], report['warnings']) == (0, [], [])
    assert set(report['subsets']) == {'train', 'test'}
    assert report['subsets']['train']['timing_stated'] is bool(timing)
    good.file('video_003').unlink()
    code, _, report = check(cli, good.root, tmp_path, *timing)
    assert (code, report['fault_counts']) == (1, {'missing': 1})


def test_a_folder_with_subfolders_and_one_without_annotations(good, cli, tmp_path):
    for name, video in good.database.items():
        for modality in ('rgb', 'flow'):
            target = good.root / 'features' / video['subset'] / modality
            target.mkdir(parents=True, exist_ok=True)
            good.file(name, modality).rename(target / f'{name}.npy')
    for modality in ('rgb', 'flow'):
        (good.root / 'features' / modality).rmdir()
    assert check(cli, good.root, tmp_path)[0] == 0
    (good.root / 'annotations.json').unlink()
    code, _, report = check(cli, good.root, tmp_path)
    assert (code, list(report['subsets'])) == (0, ['all videos'])
    (good.root / 'features' / 'train' / 'rgb' / 'video_000.npy').unlink()
    code, _, report = check(cli, good.root, tmp_path)
    assert (code, report['fault_counts']) == (1, {'missing': 1})


def test_simulated_videos_are_called_so(cli, root, tmp_path):
    options = [
        f'{key}_dataloader.dataset.{name}'
        for key in ('train', 'val', 'test')
        for name in ('num_videos=4', 'num_classes=2', 'feature_dim=8')
    ]
    options = [f'+{option}' for option in options]
    config = root / 'configs/acl/acl_synthetic_us.py'
    code, out, report = check(cli, config, tmp_path, '--cfg-options', *options)
    assert (code, report['faults']) == (0, [])
    assert report['subsets']['train']['simulated'] is True
    assert out.count('(simulated)') == 4


def test_real_features(cli, shared_data, tmp_path):
    code, out, report = check(cli, shared_data / 'gtea', tmp_path, '--fps', 15, '--snippet-stride', 5)
    assert (code, report['faults'], report['warnings']) == (0, [], [])
    assert len(report['subsets']['train']['videos']) == 141
    assert 'simulated' not in out


@pytest.mark.parametrize(
    ('arguments', 'words'),
    [
        (('absent.py',), 'absent.py: no such config file'),
        (('{root}/absent', '--fps', 25, '--snippet-stride', 16), 'absent: no such config file and no such folder'),
        (('{root}', '--jobs', 0), '--jobs 0'),
        (('{root}', '--fps', 3), '--fps and --snippet-stride'),
        (('{root}', '--fps', 0, '--snippet-stride', 3), 'fps=0'),
        (('{root}', '--cfg-options', 'a=1'), 'this is a folder'),
        (('{root}/features/rgb',), 'no folders features/'),
    ],
)
def test_wrong_usage(arguments, words, good, cli):
    code, out, err = cli(TOOL, *(str(a).format(root=good.root) for a in arguments))
    assert (code, out) == (2, '')
    assert words in err
    assert err.count('\n') == 1


# One frame rate is not enough


THUMOS14_RATES = [30.0] * 12 + [30000 / 1001] * 4 + [25.0] * 11 + [24.0] * 2


@pytest.fixture
def mixed_rates(tmp_path):
    """Videos of 15 to 40 s at four rates, with features of 16 frames every 4 frames; and their rates."""
    rng, root, rates, database = np.random.default_rng(0), tmp_path / 'mixed', {}, {}
    (root / 'features/rgb').mkdir(parents=True)
    for index, fps in enumerate(THUMOS14_RATES):
        name = f'video_{index:02d}'
        frames = int(fps * (15 + 25 * index / len(THUMOS14_RATES)))
        length = (frames - 16) // 4 + 1
        np.save(root / 'features/rgb' / f'{name}.npy', rng.random((length, 64), np.float32))
        rates[name] = fps
        database[name] = {'duration': frames / fps, 'annotations': [{'segment': [1.0, 2.0], 'label': 'Diving'}]}
    (root / 'annotations.json').write_text(json.dumps({'database': database}))
    return root, rates


def test_one_frame_rate_for_all_drifts_where_it_is_wrong_and_nowhere_else(mixed_rates, cli, tmp_path):
    root, rates = mixed_rates
    code, _, report = check(cli, root, tmp_path, '--fps', 30, '--snippet-stride', 4)
    assert code == 1
    assert (report['fault_counts'], report['warnings']) == ({'drift': 13}, [])
    assert {fault['video'] for fault in report['faults']} == {name for name, fps in rates.items() if fps < 29}


@pytest.mark.parametrize('form', ['csv', 'folder', 'annotations', 'companions'])
def test_a_timing_for_each_video_ends_the_drift(mixed_rates, cli, tmp_path, form):
    root, rates = mixed_rates
    words = ['--timing', tmp_path / 'rates.csv', '--snippet-stride', 4, '--window', 16]
    if form == 'csv':
        (tmp_path / 'rates.csv').write_text('video,fps\n' + ''.join(f'{name},{fps}\n' for name, fps in rates.items()))
    elif form == 'folder':
        entries = {name: dict(fps=fps, snippet_stride=4, window=16) for name, fps in rates.items()}
        (root / 'timing.json').write_text(json.dumps(dict(videos=entries)))
        words = []
    elif form == 'annotations':
        content = json.loads((root / 'annotations.json').read_text())
        for name, entry in content['database'].items():
            entry['frame_rate'] = rates[name]
        (root / 'annotations.json').write_text(json.dumps(content))
        words[1] = 'annotations'
    else:
        for name, fps in rates.items():
            np.save(root / 'features/rgb' / f'{name}_fps.npy', np.float64(fps))
        words[1] = 'companions'
    code, out, report = check(cli, root, tmp_path, *words)
    assert (code, report['faults'], report['warnings']) == (0, [], [])
    assert len(report['subsets']['all videos']['videos']) == 29
    assert 'at a timing for each video (as stated)' in out


def test_a_video_without_a_timing_is_named(mixed_rates, cli, tmp_path):
    root, rates = mixed_rates
    rates.pop('video_07')
    (root / 'timing.json').write_text(json.dumps(rates))
    code, _, report = check(cli, root, tmp_path, '--timing', root / 'timing.json', '--snippet-stride', 4)
    assert code == 1
    (fault,) = report['faults']
    assert (fault['kind'], fault['video'], fault['file']) == ('timing', 'video_07', str(root / 'timing.json'))
    assert 'no timing of 1 of 29 videos' in fault['what']


# What a folder may hold besides


def test_transposed_features_are_a_warning_with_and_without_annotations(cli, tmp_path):
    (tmp_path / 'data/features/rgb').mkdir(parents=True)
    for index in range(10):
        features = np.random.default_rng(index).random((64, 10), np.float32)
        np.save(tmp_path / f'data/features/rgb/v{index}.npy', features)
    code, out, report = check(cli, tmp_path / 'data', tmp_path)
    assert (code, report['warning_counts']) == (0, {'transposed': 1})
    assert 'so they may be (D, T)' in out


@pytest.mark.parametrize(
    ('name', 'content', 'says'),
    [
        ('a.csv', b'f0,f1\n1,2\n', 'CsvFolderStore'),
        ('a.npy.gz', b'\x1f\x8b', 'gzip: unpack it'),
        ('a.pt', b'\x80', 'numpy.save'),
    ],
)
def test_what_is_there_instead_of_features_is_said(cli, tmp_path, name, content, says):
    path = tmp_path / 'data/features/rgb' / name
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    code, _, report = check(cli, tmp_path / 'data', tmp_path)
    assert code == 1
    (fault,) = report['faults']
    assert fault['kind'] == 'no videos'
    assert fault['what'] == f'there are no features, but {path}'
    assert says in fault['remedy']


def test_a_dead_link_is_named_and_other_links_are_read(good, cli, tmp_path):
    (good.root / 'features').rename(tmp_path / 'real')
    (good.root / 'features').symlink_to(tmp_path / 'real')
    file = good.file('video_003')
    file.rename(tmp_path / 'elsewhere.npy')
    file.symlink_to(tmp_path / 'elsewhere.npy')
    assert check(cli, good.root, tmp_path)[0] == 0
    (tmp_path / 'elsewhere.npy').unlink()
    code, _, report = check(cli, good.root, tmp_path)
    assert code == 1
    (fault,) = report['faults']
    assert (fault['kind'], fault['file']) == ('missing', str(file))
    assert f'a link to {tmp_path / "elsewhere.npy"}, which does not exist' in fault['what']


def test_a_report_that_cannot_be_written_is_refused_before_the_work(good, cli):
    code, out, err = cli(TOOL, good.root, '--json', '/proc/report.json')
    assert (code, out) == (2, '')
    assert err.startswith('error: /proc/report.json: cannot be written')
