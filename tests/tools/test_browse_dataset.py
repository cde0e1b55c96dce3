"""tools/visualizations/browse_dataset.py."""

import csv
import json
import os
import subprocess
import sys

import numpy as np
import pytest

TOOL = 'visualizations/browse_dataset.py'


def test_draws_every_test_video_and_the_statistics(cli, folder, write_config, tmp_path):
    code, out, err = cli(TOOL, write_config(folder), '--out-dir', tmp_path / 'out')
    assert (code, err) == (0, '')
    assert 'test · 6 videos, 6 instances' in out
    drawn = sorted(path.name for path in (tmp_path / 'out' / 'timelines').iterdir())
    assert drawn == [f'video_{index:03d}.png' for index in range(12, 18)]
    assert (tmp_path / 'out' / 'statistics.png').read_bytes().startswith(b'\x89PNG')


def test_subset_key_number_and_options(cli, blank_pictures, folder, write_config, tmp_path):
    arguments = ('--out-dir', tmp_path / 'out', '--subset-key', 'train', '--number', 2)
    code, out, _ = cli(
        TOOL, write_config(folder), *arguments, '--cfg-options', '+train_dataloader.dataset.exclude=["video_000"]'
    )
    assert code == 0
    assert 'train · 11 videos' in out
    assert sorted(path.name for path in (tmp_path / 'out' / 'timelines').iterdir()) == [
        'video_001.png',
        'video_002.png',
    ]


@pytest.mark.parametrize('with_durations', [True, False])
def test_works_without_features(cli, blank_pictures, folder, write_config, tmp_path, with_durations):
    for path in folder.rglob('*.npy'):
        path.unlink()
    annotations = json.loads((folder / 'annotations.json').read_text())
    if not with_durations:
        for video in annotations['database'].values():
            del video['duration']
        (folder / 'annotations.json').write_text(json.dumps(annotations))
    code, _, err = cli(TOOL, write_config(folder), '--out-dir', tmp_path / 'out', '--number', 1)
    assert (code, err) == (0, '')


def test_a_folder_without_annotations_is_refused_in_one_line(cli, folder, write_config, tmp_path):
    (folder / 'annotations.json').unlink()
    code, _, err = cli(
        TOOL,
        write_config(folder),
        '--out-dir',
        tmp_path / 'out',
        '--cfg-options',
        'test_dataloader.dataset.require_annotations=False',
    )
    assert code == 2
    assert err.startswith('error: ')
    assert err.count('\n') == 1
    assert 'no annotations' in err
    assert not (tmp_path / 'out').exists()


@pytest.mark.parametrize(
    ('arguments', 'names'),
    [
        (('--number', '-2'), '--number -2'),
        (('--out-dir', __file__), 'is a file'),
        (('--subset', 'train'), 'a config takes --subset-key'),
        (('--layout', 'csv'), 'a config takes --subset-key'),
    ],
)
def test_bad_arguments(cli, folder, write_config, arguments, names):
    code, _, err = cli(TOOL, write_config(folder), *arguments)
    assert code == 2
    assert names in err
    assert err.count('\n') == 1


VIDEOS = {
    f'video_{i:02d}': (
        'test' if i % 2 else 'validation',
        [(1.5, 2.5, 'jump'), (3.0, 4.25 + i, 'run')][: 1 + i % 2],
        [(5.0, 6.0)] if i % 4 == 1 else [],
    )
    for i in range(8)
}


def rows_of(name):
    _, rows, unclear = VIDEOS[name]
    return [*rows, *((*pair, 'Ambiguous') for pair in unclear)]


def write_activitynet(root):
    database = {
        name: dict(subset=video[0], annotations=[dict(segment=[str(s), str(e)], label=x) for s, e, x in rows_of(name)])
        for name, video in VIDEOS.items()
    }
    (root / 'gt.json').write_text(json.dumps(dict(database=database)))
    return root / 'gt.json'


def write_folder_of_annotations(root):
    write_activitynet(root).rename(root / 'annotations.json')
    return root


def write_wtalc(root):
    def objects(values):
        array = np.empty(len(values), dtype=object)
        array[:] = values
        return array

    np.save(root / 'videoname.npy', np.array([name.encode() for name in VIDEOS]))
    np.save(root / 'subset.npy', np.array([video[0].encode() for video in VIDEOS.values()]))
    np.save(root / 'labels.npy', objects([[row[2] for row in video[1]] for video in VIDEOS.values()]))
    np.save(root / 'segments.npy', objects([[list(row[:2]) for row in video[1]] for video in VIDEOS.values()]))
    lines = [f'{name} {s} {e}' for name, video in VIDEOS.items() for s, e in video[2]]
    (root / 'Ambiguous_test.txt').write_text('\n'.join(lines))
    return root


def write_thumos14(root):
    for name, video in VIDEOS.items():
        for start, end, label in rows_of(name):
            with (root / f'{label}_{"val" if video[0] == "validation" else "test"}.txt').open('a') as file:
                file.write(f'{name}  {start} {end}\n')
    return root


def write_csv(root):
    with (root / 'gt.csv').open('w', newline='') as file:
        writer = csv.writer(file)
        writer.writerow(['video', 'start', 'end', 'label', 'subset'])
        writer.writerows([name, *row, video[0]] for name, video in VIDEOS.items() for row in rows_of(name))
    return root / 'gt.csv'


WRITERS = dict(
    activitynet=write_activitynet,
    folder=write_folder_of_annotations,
    wtalc=write_wtalc,
    thumos14=write_thumos14,
    csv=write_csv,
)


@pytest.mark.parametrize('layout', WRITERS)
def test_every_reader(layout, cli, request, tmp_path):
    if layout != 'activitynet':  # one is drawn in full: they are the same videos
        request.getfixturevalue('blank_pictures')
    (tmp_path / 'gt').mkdir()
    path, out_dir = WRITERS[layout](tmp_path / 'gt'), tmp_path / 'out'
    code, out, err = cli(TOOL, path, '--subset', 'test', '--out-dir', out_dir)
    assert (code, err) == (0, '')
    assert 'test · 4 videos, 8 instances, 2 ambiguous segments\n' in out
    assert sorted(p.stem for p in (out_dir / 'timelines').iterdir()) == [f'video_{i:02d}' for i in (1, 3, 5, 7)]
    for page in ('overview', 'statistics'):
        assert (out_dir / f'{page}.png').read_bytes().startswith(b'\x89PNG')
    stated = () if layout == 'folder' else ('--layout', layout)
    request.getfixturevalue('blank_pictures')
    code, out, err = cli(TOOL, path, '--out-dir', out_dir, '--number', 0, *stated)
    assert (code, err) == (0, '')
    assert 'subsets test, validation · 8 videos, 12 instances, 2 ambiguous segments' in out


def test_thousands_of_videos_are_not_all_drawn(cli, blank_pictures, tmp_path):
    lines = [f'v{index:04d},1,2,class_{index % 100}' for index in range(4200)]
    (tmp_path / 'gt.csv').write_text('\n'.join(['video,start,end,label', *lines]))
    code, out, err = cli(TOOL, tmp_path / 'gt.csv', '--out-dir', tmp_path / 'out', '--number', 3)
    assert (code, err) == (0, '')
    assert '3 timelines (the first of 4200; --number -1 draws all), overview.png and statistics.png' in out


@pytest.mark.parametrize(
    ('source', 'subset', 'videos'),
    [
        ('activitynet12/activity_net.v1-2.min-missing-removed.json', 'validation', 2198),
        ('thumos14/basnet/gt.json', 'test', 210),
        ('thumos14/wtalc', 'test', 212),
        ('thumos14/raw', 'test', 213),
        ('gtea', 'test', 56),
    ],
)
def test_real_annotations(source, subset, videos, cli, blank_pictures, shared_data, tmp_path):
    code, out, err = cli(TOOL, shared_data / source, '--subset', subset, '--out-dir', tmp_path / 'out', '--number', 1)
    assert (code, err) == (0, '')
    assert f'{subset} · {videos} videos' in out


@pytest.mark.parametrize(
    ('arguments', 'names'),
    [
        (('--subset', 'dev'), "no video in subset 'dev'"),
        (('--subset-key', 'train'), 'annotations take --subset'),
        (('--layout', 'wtalc'), 'videoname.npy'),
    ],
)
def test_bad_arguments_for_annotations(arguments, names, cli, folder):
    code, _, err = cli(TOOL, folder, *arguments)
    assert code == 2
    assert names in err
    assert err.count('\n') == 1


@pytest.mark.parametrize(
    'entry',
    [
        '{"duration": 1e999, "annotations": [{"segment": [1, 2], "label": "a"}]}',
        '{"annotations": [{"segment": [1, "inf"], "label": "a"}]}',
        '{"annotations": [{"segment": [1, 2], "label": "a"}, {"segment": ["nan", 2], "label": "Ambiguous"}]}',
    ],
)
def test_times_without_a_place_are_refused(entry, cli, tmp_path):
    (tmp_path / 'gt.json').write_text(f'{{"database": {{"v": {entry}}}}}')
    code, _, err = cli(TOOL, tmp_path / 'gt.json', '--out-dir', tmp_path / 'out')
    assert (code, err.count('\n')) == (2, 1), err
    assert "video 'v': a time is not finite" in err
    assert not (tmp_path / 'out').exists()


PLUG_IN = """
from mmacl.datasets.annotations import AnnotationFormat, AnnotationSet, Match
from mmacl.datasets.annotations.entries import build_record
from mmacl.registry import ANNOTATION_READERS

@ANNOTATION_READERS.register_module()
class OwnAnnotations(AnnotationFormat):
    layout, form = 'own', 'an .own file'

    @classmethod
    def match(cls, place):
        return Match.POSSIBLE if place.suffix == '.own' else Match.NO

    def read(self):
        return AnnotationSet([build_record('v', '', 9.0, [(1, 2, 'run')], self.path)], notes=('a note',))
"""


def test_annotations_of_a_plug_in_are_drawn_without_torch(tmp_path):
    (tmp_path / 'own_plug_in.py').write_text(PLUG_IN)
    (tmp_path / 'gt.own').touch()
    lines = (
        'import sys',
        'from mmacl.commands.browse_dataset import main',
        "assert not {'mmengine', 'matplotlib', 'scipy'} & set(sys.modules)",
        'main()',
        "assert not {'torch', 'sklearn', 'cv2'} & set(sys.modules)",
    )
    words = (tmp_path / 'gt.own', '--plugin', 'own_plug_in', '--out-dir', tmp_path / 'out')
    done = subprocess.run(
        [sys.executable, '-c', '\n'.join(lines), *words],
        env={**os.environ, 'PYTHONPATH': os.pathsep.join([str(tmp_path), *sys.path])},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, '')
    assert f'{tmp_path / "gt.own"}: a note\n' in done.stdout
    assert 'all videos · 1 videos, 1 instances' in done.stdout
    assert (tmp_path / 'out' / 'timelines' / 'v.png').is_file()


def test_annotations_without_instances_are_refused(cli, tmp_path):
    (tmp_path / 'gt.csv').write_text('video,start,end,label\na,,,\n')
    code, _, err = cli(TOOL, tmp_path / 'gt.csv', '--out-dir', tmp_path / 'out')
    assert code == 2
    assert 'no instance' in err
    assert not (tmp_path / 'out').exists()


def test_a_config_is_found_by_its_name(cli, blank_pictures, tmp_path):
    code, out, _ = cli(TOOL, 'acl_synthetic_us', '--number', 0, '--out-dir', tmp_path / 'out')
    assert code == 0
    assert 'SyntheticActions-v1 (simulated) · test · 200 videos' in out
