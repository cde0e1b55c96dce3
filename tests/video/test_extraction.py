from __future__ import annotations

import json
import time

import numpy as np
import pytest

from mmacl.datasets import LoadSnippetFeatures, PackActionInputs, UntrimmedVideoDataset
from mmacl.utils import InputError
from mmacl.video import VideoFile, extract_streams, extract_video, find_videos
from tests.video.make_video import grey_frames, write_video
from tests.video.tiny_extractor import TinyExtractor, TinyFlowExtractor

PLUGIN = ('--extractor', 'TinyExtractor', '--plugin', 'tests.video.tiny_extractor', '--device', 'cpu')


@pytest.fixture
def videos(tmp_path):
    """Three videos in folders, of 20, 33 and 16 frames."""
    folder = tmp_path / 'videos'
    (folder / 'more').mkdir(parents=True)
    for name, count in {'a': 20, 'more/b': 33, 'c; rm -rf $HOME': 16}.items():
        write_video(folder / f'{name}.mkv', grey_frames([(7 * i) % 250 for i in range(count)]))
    (folder / 'notes.doc').write_text('no video')
    return folder


def test_features_of_a_video_as_a_loop(tmp_path):
    levels = [(9 * i) % 250 for i in range(30)]
    path = write_video(tmp_path / 'a.mkv', grey_frames(levels))
    features, timing = extract_video(path, TinyExtractor(), fps=25.0, stride=4, batch_size=3)
    expected = [
        [np.mean(levels[start + 2 * q : start + 2 * q + 2]) / 255 for q in range(4)] for start in range(0, 23, 4)
    ]
    np.testing.assert_allclose(features, expected, atol=2e-3)  # limited range loses a grey or so
    assert timing == {'fps': 25.0, 'snippet_stride': 4, 'window': 8, 'duration': pytest.approx(1.2)}


def test_streams_share_the_decoding_and_give_what_each_gives_alone(tmp_path, monkeypatch):
    path = write_video(tmp_path / 'a.mkv', grey_frames([(9 * i) % 250 for i in range(43)]))
    longer, small = TinyExtractor(), TinyExtractor(crops='ten')
    longer.window, small.short_side = 16, 24
    longer.embed = lambda clips: clips.mean(dim=(1, 3, 4))[:, ::4]
    extractors = [TinyExtractor(), longer, TinyFlowExtractor(flow='dis'), small]
    alone = [extract_video(path, extractor, stride=4, batch_size=3) for extractor in extractors]
    decoded, frames = [], VideoFile.frames
    monkeypatch.setattr(VideoFile, 'frames', lambda self, *args: decoded.append(args) or frames(self, *args))
    together = extract_streams(path, extractors, stride=4, batch_size=3)
    assert sorted(decoded) == [(25.0, 16), (25.0, 24), (25.0, 32)]
    for (features, timing), (expected, timing_alone) in zip(together, alone, strict=True):
        np.testing.assert_array_equal(features, expected)
        assert timing == timing_alone
    longer.window = 50
    with pytest.raises(InputError, match='has 43 frames at 25 a second, and a snippet needs 50'):
        extract_streams(path, extractors)


def test_ten_crops_are_averaged(tmp_path):
    picture = np.zeros((16, 32, 3), dtype=np.uint8)
    picture[:, :16] = 200
    path = write_video(tmp_path / 'a.mkv', [picture] * 8)
    centre = extract_video(path, TinyExtractor())[0]
    ten = extract_video(path, TinyExtractor(crops='ten'))[0]
    np.testing.assert_allclose(centre, ten, atol=5e-3)  # centre: half; corners: two of 0, two of 1


def test_videos_are_found_by_file_folder_and_list(videos, tmp_path):
    assert [s.name for s in find_videos([videos])] == ['a', 'c; rm -rf $HOME', 'b']
    listing = tmp_path / 'list.txt'
    listing.write_text('# mine\nvideos/more/b.mkv\n\n')
    assert [s.name for s in find_videos([videos / 'a.mkv', listing])] == ['a', 'b']
    with pytest.raises(InputError, match='no such file or folder'):
        find_videos([tmp_path / 'none'])
    (tmp_path / 'empty').mkdir()
    with pytest.raises(InputError, match='holds no video file'):
        find_videos([tmp_path / 'empty'])
    write_video(tmp_path / 'a.mp4', grey_frames([1] * 3), codec='libx264', pixels='yuv420p')
    with pytest.raises(InputError, match=r"would both be called 'a'"):
        find_videos([videos, tmp_path / 'a.mp4'])


def test_the_folder_is_read_by_a_data_set_and_a_second_call_goes_on(cli, videos, tmp_path):
    out = tmp_path / 'out'
    words = (videos, '--out', out, *PLUGIN, '--stride', 4)
    assert cli('extract_features.py', *words)[0] == 0
    dataset = UntrimmedVideoDataset(
        str(out),
        None,
        store=dict(type='NpyFolderStore'),
        modalities=('rgb',),
        timing=dict(mode='file', path='timing.json'),
        pipeline=[LoadSnippetFeatures(), PackActionInputs()],
    )
    assert len(dataset) == 3
    item = dataset[0]
    assert item['inputs']['rgb'].shape == (4, 4)
    assert item['data_samples'].offset == pytest.approx((8 - 4) / 2 / 25)
    assert item['data_samples'].snippet_duration == pytest.approx(4 / 25)
    before = {path: path.stat().st_mtime_ns for path in out.glob('features/rgb/*.npy')}
    assert len(before) == 3
    code, output, _ = cli('extract_features.py', *words)
    assert code == 0
    assert '3 of 3 videos were done before' in output
    assert before == {path: path.stat().st_mtime_ns for path in out.glob('features/rgb/*.npy')}
    write_video(videos / 'a.mkv', grey_frames([200] * 40))  # another video of the same name
    code, output, _ = cli('extract_features.py', *words)
    assert 'a: 9 snippets' in output
    assert '2 of 3' in output


def test_other_settings_in_one_folder_are_refused(cli, videos, tmp_path):
    words = (videos, '--out', tmp_path / 'out', *PLUGIN)
    assert cli('extract_features.py', *words)[0] == 0
    code, _, error = cli('extract_features.py', *words, '--stride', 4)
    assert code == 2
    assert 'holds rgb features with stride=16, not 4' in error
    assert cli('extract_features.py', *words, '--stride', 4, '--modality', 'dense')[0] == 2  # one timing a folder


def test_both_streams_of_a_folder_have_the_same_snippets(cli, videos, tmp_path):
    flow = ('--extractor', 'TinyFlowExtractor', '--plugin', 'tests.video.tiny_extractor', '--device', 'cpu')
    words = (videos, '--out', tmp_path / 'out', '--stride', 4)
    assert cli('extract_features.py', *words, *PLUGIN)[0] == 0
    code, output, error = cli('extract_features.py', *words, *flow, '--flow', 'dis', '--extractor-options', 'bound=10')
    assert code == 0, error
    assert 'flow features of 2 values' in output
    for path in (tmp_path / 'out' / 'features' / 'rgb').glob('*.npy'):
        assert len(np.load(path)) == len(np.load(path.parents[1] / 'flow' / path.name))
    code, _, error = cli('extract_features.py', *words, *flow, '--flow', 'dis')
    assert code == 2
    assert 'holds flow features with bound=10, not 20.0' in error


def test_broken_videos_are_left_out_and_named_at_the_end(cli, videos, tmp_path):
    (videos / 'broken.mp4').write_bytes(b'no video at all')
    write_video(videos / 'short.mkv', grey_frames([1] * 5))
    write_video(videos / 'sound.mp4', [], audio_seconds=1.0)
    code, output, error = cli('extract_features.py', videos, '--out', tmp_path / 'out', *PLUGIN)
    assert code == 1
    assert 'out: 3 videos' in output
    left_out = [line for line in error.splitlines() if line.startswith('left out: ')]
    assert len(left_out) == 3
    for name, reason in {
        'broken.mp4': 'cannot be read as a video',
        'short.mkv': 'has 5 frames at 25 a second, and a snippet needs 8',
        'sound.mp4': 'holds no video stream',
    }.items():
        assert any(name in line and reason in line for line in left_out)
    assert sorted(json.loads((tmp_path / 'out' / 'timing.json').read_text())) == ['a', 'b', 'c; rm -rf $HOME']


@pytest.mark.parametrize(
    ('words', 'message'),
    [
        (('--extractor', 'nothing'), "'nothing' is not registered"),
        (('--extractor', 'i3d_rgb'), 'needs weights'),
        (('--extractor', 'i3d_flow'), 'needs weights'),
        (('--extractor', 'i3d_flow', '--flow', 'raft'), "flow='raft' is not registered"),
        (('--extractor', 'i3d_rgb', '--flow', 'dis'), "'i3d_rgb' has no 'flow'; it has crops, device"),
        (('--extractor-options', 'sizes=(1,2'), 'brackets do not match'),
        (('--extractor', 'i3d_rgb', '--weights', 'none.safetensors'), 'no such file'),
    ],
)
def test_a_wrong_extractor_is_refused_before_the_work(cli, videos, tmp_path, words, message):
    code, _, error = cli('extract_features.py', videos, '--out', tmp_path / 'out', *words)
    assert code == 2
    assert message in error
    assert error.count('\n') == 1


def test_killed_processes_and_several_at_a_time_give_the_same_files(start_tool, tmp_path):
    folder = tmp_path / 'videos'
    folder.mkdir()
    for number in range(12):
        write_video(folder / f'v{number}.mkv', grey_frames([(number + 5 * i) % 250 for i in range(60)]))

    def start(out):
        return start_tool('extract_features.py', folder, '--out', tmp_path / out, *PLUGIN)

    whole = start('whole').wait(120)
    assert whole.returncode == 0, whole.stderr
    killed = start('killed')
    while len(list(tmp_path.glob('killed/features/rgb/*.npy'))) < 3:
        time.sleep(0.002)
    killed.kill()
    assert killed.wait(60).returncode == -9
    workers = [start('killed'), start('killed')]
    assert [worker.wait(120).returncode for worker in workers] == [0, 0]
    names = sorted(path.relative_to(tmp_path / 'whole') for path in tmp_path.glob('whole/**/*.npy'))
    assert len(names) == 12
    for name in [*names, 'timing.json']:
        assert (tmp_path / 'whole' / name).read_bytes() == (tmp_path / 'killed' / name).read_bytes()
