"""tools/find_actions.py, on small videos and a model that was never trained."""

from __future__ import annotations

import csv
import json
import re

import numpy as np
import pytest
import torch

from mmacl.apis import init_model, load_config
from mmacl.engine.hooks.checkpoint_guard_hook import _describe
from tests.small_training import CONFIG, ROOT, write_folder
from tests.video.make_video import grey_frames, write_video

HOSTILE = 'a\'b"c <script>alert(1)<|script> $(touch x); ü 日本'


def write_model(root, widths):
    """Config and checkpoint of a model that was never trained."""
    folder = write_folder(root / 'data')
    text = CONFIG.format(repo=ROOT, root=folder).replace('rgb=12, flow=12', widths)
    text = text.replace('    in_channels=in_channels,\n', '    in_channels=dict(_delete_=True, **in_channels),\n')
    (root / 'one_us.py').write_text(
        text.replace('timing = dict(fps=1.0, snippet_stride=1)', 'timing = dict(fps=25, snippet_stride=4)')
    )
    config = load_config(root / 'one_us.py')
    torch.manual_seed(3)
    built = init_model(config)
    for stream in built.streams.values():
        for parameter in stream.class_specific_head.parameters():
            torch.nn.init.normal_(parameter)
    torch.save({'state_dict': built.state_dict(), 'model': _describe(built), 'meta': {}}, root / 'one.pth')
    return root / 'one_us.py', root / 'one.pth'


@pytest.fixture(scope='module')
def model(tmp_path_factory):
    """One stream of four values."""
    return write_model(tmp_path_factory.mktemp('model'), 'rgb=4')


@pytest.fixture
def words(model):
    config, checkpoint = model
    plugin = ('--extractor', 'TinyExtractor', '--plugin', 'tests.video.tiny_extractor', '--device', 'cpu')
    return ('--model', config, '--checkpoint', checkpoint, *plugin)


@pytest.fixture
def videos(tmp_path):
    folder = tmp_path / 'videos'
    (folder / 'more').mkdir(parents=True)
    write_video(
        folder / 'a.mp4', grey_frames([(7 * i) % 250 for i in range(60)], 64, 48), codec='libx264', pixels='yuv420p'
    )
    write_video(folder / 'more' / f'{HOSTILE}.mkv', grey_frames([(9 * i) % 250 for i in range(90)]), audio_seconds=3.0)
    return folder


def results(out):
    return json.loads((out / 'actions.json').read_text())['results']


def page_data(path):
    text = path.read_text()
    return json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)[1])


def test_all_files_of_all_videos(cli, words, videos, tmp_path):
    out = tmp_path / 'out'
    code, said, err = cli('find_actions.py', videos, '--out', out, *words)
    assert code == 0, err
    found = results(out)
    assert list(found) == ['a', HOSTILE]
    assert f'{out}: videos: 2, segments: {sum(map(len, found.values()))}' in said
    names = sorted(path.name for path in out.iterdir() if path.is_file())
    each = [f'{name}.{ending}' for name in ('a', HOSTILE) for ending in ('html', 'mp4', 'srt', 'vtt')]
    assert names == sorted([*each, 'actions.csv', 'actions.json', 'timing.json'])
    rows = list(csv.DictReader((out / 'actions.csv').open()))
    assert len(rows) == sum(map(len, found.values()))
    assert {row['video'] for row in rows} == {'a', HOSTILE}
    assert (out / 'a.srt').read_text().count('-->') == len(found['a'])
    assert (out / 'a.vtt').read_text().startswith('WEBVTT\n')
    data = page_data(out / f'{HOSTILE}.html')
    assert data['videos'][0]['name'] == HOSTILE
    assert data['videos'][0]['total'] == [len(found[HOSTILE])]
    assert [panel['name'] for panel in data['videos'][0]['panels']][-1] == 'S'
    text = (out / f'{HOSTILE}.html').read_text()
    assert '<script>alert' not in text
    sources = re.findall(r'<source src="([^"]*)">', text)
    quoted = 'a%27b%22c%20%3Cscript%3Ealert%281%29%3C%7Cscript%3E%20%24%28touch%20x%29%3B%20%C3%BC%20%E6%97%A5%E6%9C%AC'
    assert sources == [f'{quoted}.mp4', f'../videos/more/{quoted}.mkv']
    assert re.findall(r'<source src="([^"]*)">', (out / 'a.html').read_text()) == ['../videos/a.mp4', 'a.mp4']


def test_two_streams_give_one_result(cli, videos, tmp_path):
    config, checkpoint = write_model(tmp_path, 'rgb=4, flow=2')
    words = ('--model', config, '--checkpoint', checkpoint, '--plugin', 'tests.video.tiny_extractor', '--device', 'cpu')
    call = ('find_actions.py', videos / 'a.mp4', '--out', tmp_path / 'out', '--no-mp4', *words)
    code, _, error = cli(*call, '--extractor', 'TinyExtractor', 'TinyFlowExtractor', '--flow', 'dis')
    assert code == 0, error
    assert results(tmp_path / 'out')['a']
    shapes = {path.parent.name: np.load(path).shape for path in (tmp_path / 'out').glob('features/*/a.npy')}
    assert shapes == {'rgb': (14, 4), 'flow': (14, 2)}
    panels = [panel['name'] for panel in page_data(tmp_path / 'out' / 'a.html')['videos'][0]['panels']]
    assert panels[-1] == 'S'
    assert 'rgb by TinyExtractor, flow by TinyFlowExtractor' in (tmp_path / 'out' / 'a.html').read_text()
    code, _, error = cli(*call, '--extractor', 'TinyExtractor')
    assert code == 2
    assert 'the model reads rgb, flow, and no extractor gives flow' in error


def test_a_second_call_does_only_what_is_new(cli, words, videos, tmp_path):
    out = videos / 'found'  # its own videos are none of the inputs
    first = ('find_actions.py', videos, '--out', out, *words)
    assert cli(*first)[0] == 0
    before = {path: path.stat().st_mtime_ns for path in out.glob('*.*') if path.suffix in ('.mp4', '.html')}
    wanted = results(out)
    assert cli(*first)[0] == 0
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert results(out) == wanted
    (out / 'a.mp4').unlink()
    assert cli(*first)[0] == 0
    changed = [path.name for path in before if path.stat().st_mtime_ns != before[path]]
    assert sorted(changed) == ['a.html', 'a.mp4']
    features = {path: path.stat().st_mtime_ns for path in out.glob('features/**/*.npy')}
    assert cli(*first, '--top', 1)[0] == 0
    assert {len(rows) for rows in results(out).values()} == {1}
    assert features == {path: path.stat().st_mtime_ns for path in out.glob('features/**/*.npy')}


def test_names_and_choices(cli, words, videos, tmp_path):
    call = ('find_actions.py', videos / 'a.mp4', '--no-mp4', *words)
    assert cli(*call, '--out', tmp_path / 'plain')[0] == 0
    plain = results(tmp_path / 'plain')['a']
    assert not (tmp_path / 'plain' / 'a.mp4').exists()
    names = {'version': 1, 'names': {f'cluster_{c:02d}': 'jump & <b>run</b>' for c in range(3)}}
    (tmp_path / 'names.json').write_text(json.dumps(names))
    assert cli(*call, '--out', tmp_path / 'named', '--names', tmp_path / 'names.json')[0] == 0
    assert {row['label'] for row in results(tmp_path / 'named')['a']} == {'jump & <b>run</b>'}
    assert '<b>run' not in (tmp_path / 'named' / 'a.html').read_text()
    middle = sorted(row['score'] for row in plain)[len(plain) // 2]
    assert cli(*call, '--out', tmp_path / 'few', '--min-score', middle)[0] == 0
    assert all(row['score'] >= middle for row in results(tmp_path / 'few')['a'])
    assert cli(*call, '--out', tmp_path / 'embedded', '--embed')[0] == 0
    page = (tmp_path / 'embedded' / 'a.html').read_text()
    assert '<source src="data:video/mp4;base64,' in page
    assert 'media-src data:;' in page
    names['not_actions'] = list(names.pop('names'))
    (tmp_path / 'none.json').write_text(json.dumps(names))
    assert cli(*call, '--out', tmp_path / 'none', '--names', tmp_path / 'none.json')[0] == 0
    assert results(tmp_path / 'none') == {'a': []}
    assert 'Nothing was found in this video.' in (tmp_path / 'none' / 'a.html').read_text()


def test_bad_videos_are_left_out_in_one_line_each_and_the_rest_goes_on(cli, words, videos, tmp_path):
    bad = tmp_path / 'bad'
    bad.mkdir()
    (bad / 'text.mp4').write_text('no video')
    (bad / 'empty.mp4').write_bytes(b'')
    write_video(bad / 'sound.mp4', [], audio_seconds=1.0)
    write_video(bad / 'one frame.mkv', grey_frames([1]))
    write_video(bad / 'short.mkv', grey_frames([1] * 7))
    write_video(bad / 'cut.mkv', grey_frames([100, 200] * 60, 64, 64))
    (bad / 'cut.mkv').write_bytes((bad / 'cut.mkv').read_bytes()[: (bad / 'cut.mkv').stat().st_size // 2])
    (bad / 'playlist.mp4').write_text('#EXTM3U\nfile.ts\n')
    (bad / 'two..dots.mkv').write_bytes((videos / 'a.mp4').read_bytes())
    (bad / 'a.mp4').write_bytes((videos / 'a.mp4').read_bytes())  # the name of another
    (tmp_path / 'nothing').mkdir()
    (tmp_path / 'list.txt').write_bytes(b'\xff\xfe\x00')
    inputs = (videos, bad, tmp_path / 'nothing', tmp_path / 'gone.mp4', tmp_path / 'list.txt')
    code, said, err = cli('find_actions.py', *inputs, '--out', tmp_path / 'out', *words)
    assert code == 1
    assert list(results(tmp_path / 'out')) == ['a', HOSTILE]
    lines = [line for line in err.splitlines() if line.startswith('left out: ')]
    expected = {
        'text.mp4': 'cannot be read as a video',
        'empty.mp4': 'is empty',
        'sound.mp4': 'holds no video stream',
        'one frame.mkv': 'has 1 frames',
        'short.mkv': 'has 7 frames',
        'cut.mkv': 'ends after',
        'playlist.mp4': 'cannot be read as a video',
        'two..dots.mkv': 'cannot be a file name',
        'bad/a.mp4': "would both be called 'a'",
        'nothing': 'holds no video file',
        'gone.mp4': 'no such file or folder',
        'list.txt': 'UTF-16',
    }
    for name, reason in expected.items():
        assert [line for line in lines if name in line and reason in line], (name, lines)
    assert len(lines) == len(expected)
    made = {path.stem for path in (tmp_path / 'out').iterdir() if path.is_file()}
    assert made == {'a', HOSTILE, 'actions', 'timing'}
    assert 'Traceback' not in said + err


def test_a_full_disk_costs_its_video_only(cli, words, videos, tmp_path, monkeypatch):
    import mmacl.reports.found_actions as module

    def full(video, target, *_):
        if target.stem == 'a':
            raise OSError(28, 'No space left on device', str(target))
        return write(video, target, *_)

    write = module.write_annotated_video
    monkeypatch.setattr(module, 'write_annotated_video', full)
    code, _, err = cli('find_actions.py', videos, '--out', tmp_path / 'out', *words)
    assert code == 1
    assert f'{tmp_path / "out" / "a.mp4"}: the disk is full' in err
    assert list(results(tmp_path / 'out')) == [HOSTILE]
    monkeypatch.undo()
    assert not (tmp_path / 'out' / 'a.html').exists()
    code, _, err = cli('find_actions.py', videos, '--out', tmp_path / 'out', *words)
    assert code == 0, err
    assert list(results(tmp_path / 'out')) == ['a', HOSTILE]


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (('--extractor', 'nothing'), "'nothing' is not registered"),
        (('--extractor', 'i3d_rgb', '--weights', 'random'), 'gives 1024 rgb values a snippet, and the model reads 4'),
        (('--extractor', 'i3d_rgb', '--weights', 'none.pt'), 'no such file'),
        (('--extractor', 'TinyExtractor', 'TinyExtractor'), 'two extractors give rgb features'),
        (('--checkpoint', 'none.pth'), 'none.pth'),
        (('--model', 'acl_synthetic_us'), 'the checkpoint was trained with num_clusters=3'),
        (('--names', 'none.json'), 'none.json'),
    ],
)
def test_what_nothing_can_be_done_with_is_refused_before_the_work(cli, words, videos, tmp_path, change, message):
    code, _, err = cli('find_actions.py', videos, '--out', tmp_path / 'out', *words, *change)
    assert code == 2
    assert message in err
    assert err.count('\n') == 1
    assert not list((tmp_path / 'out').glob('*.*'))


def test_the_folder_of_the_videos_is_no_place_for_results(cli, words, videos):
    code, _, err = cli('find_actions.py', videos / 'a.mp4', '--out', videos, *words)
    assert code == 2
    assert 'is the folder of a video' in err


def test_other_features_in_the_folder_are_refused(cli, words, videos, tmp_path):
    assert cli('find_actions.py', videos / 'a.mp4', '--out', tmp_path / 'out', '--no-mp4', *words)[0] == 0
    code, _, err = cli('find_actions.py', videos / 'a.mp4', '--out', tmp_path / 'out', *words, '--stride', 8)
    assert code == 2
    assert 'holds rgb features with stride=4, not 8' in err
