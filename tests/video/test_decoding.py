from __future__ import annotations

import numpy as np
import pytest

from mmacl.utils import InputError
from mmacl.video import VideoFile
from tests.video.make_video import grey_frames, turn_right, write_video

LEVELS = list(range(0, 250, 10))


def levels(path, fps, **options):
    """The grey of every frame that is yielded, to the nearest ten."""
    return [int(round(float(frame.mean()) / 10) * 10) for frame in VideoFile(path, **options).frames(fps, None)]


def on_screen(times, ends, fps):
    """The frame on screen at 0, 1 / fps, ... as a plain loop."""
    found, k = [], 0
    while k / fps < ends - 1e-6:
        shown = [index for index, seconds in enumerate(times) if seconds <= k / fps + 1e-6]
        found.append(LEVELS[shown[-1] if shown else 0])
        k += 1
    return found


@pytest.mark.parametrize('fps', [24.0, 24000 / 1001, 25.0, 30000 / 1001, 30.0, 60.0])
@pytest.mark.parametrize('wanted', [25.0, 10.0])
def test_a_frame_is_yielded_at_each_time_whatever_the_rate_of_the_file(tmp_path, fps, wanted):
    path = write_video(tmp_path / 'a.mkv', grey_frames(LEVELS), fps=fps)
    times = [
        int(index * 1000 / fps + 0.5 + 1e-9) / 1000 for index in range(len(LEVELS))
    ]  # Matroska counts milliseconds
    assert levels(path, wanted) == on_screen(times, times[-1] + 1 / fps, wanted)


def test_uneven_frames_are_shown_for_as_long_as_they_last(tmp_path):
    times = np.cumsum([0.0, *([0.04, 0.2, 0.02] * 8)]).round(3).tolist()
    path = write_video(tmp_path / 'a.mp4', grey_frames(LEVELS), times, codec='libx264', pixels='yuv420p', crf='0')
    video = VideoFile(path)
    found = [round(float(frame.mean()) / 10) * 10 for frame in video.frames(50.0, None)]
    assert found == on_screen(times, video.seconds, 50.0)
    assert times[-1] < video.seconds < times[-1] + 0.25


@pytest.mark.parametrize('start', [0.0, 3.0])
def test_time_starts_where_players_start(tmp_path, start):
    times = [start + index / 25 for index in range(len(LEVELS))]
    frames = grey_frames(LEVELS)
    path = write_video(tmp_path / 'a.ts', frames, times, codec='libx264', pixels='yuv420p', crf='0')
    assert len(levels(path, 25.0)) == len(LEVELS)


def test_rotation_of_the_header_is_applied(tmp_path):
    picture = np.zeros((32, 64, 3), dtype=np.uint8)
    picture[:, :32] = 250  # left half
    path = write_video(tmp_path / 'a.mp4', [picture] * 3, codec='libx264', pixels='yuv420p', crf='0')
    upright = VideoFile(path)
    assert (upright.facts.width, upright.facts.height) == (64, 32)
    turned = VideoFile(turn_right(path))
    assert (turned.facts.width, turned.facts.height) == (32, 64)
    shown = next(turned.frames(25.0, None))
    assert shown.shape == (64, 32, 3)
    assert shown[:32].mean() > 200 > 50 > shown[32:].mean()  # the left is at the top after a turn to the right


@pytest.mark.parametrize(('codec', 'pixels'), [('ffv1', 'yuv420p10le'), ('ffv1', 'gray'), ('ffv1', 'bgra')])
def test_any_pixel_format_becomes_8_bit_rgb(tmp_path, codec, pixels):
    path = write_video(tmp_path / 'a.mkv', grey_frames(LEVELS), codec=codec, pixels=pixels)
    assert levels(path, 25.0) == LEVELS


def test_odd_sizes_are_resized_by_their_shorter_side(tmp_path):
    path = write_video(tmp_path / 'a.mkv', grey_frames([100] * 3, width=51, height=33))
    video = VideoFile(path)
    assert next(video.frames(25.0, 66)).shape == (66, 102, 3)
    assert next(video.frames(25.0, 16)).shape == (16, 25, 3)
    assert next(video.frames(25.0, None)).shape == (33, 51, 3)


def test_interlaced_video_is_deinterlaced(tmp_path):
    stripes = np.zeros((64, 64, 3), dtype=np.uint8)
    stripes[::2] = 240  # the two fields differ
    options = dict(codec='libx264', pixels='yuv420p', crf='0')
    fields = write_video(tmp_path / 'a.ts', [stripes] * 8, flags='+ildct+ilme', **options)
    plain = write_video(tmp_path / 'b.ts', [stripes] * 8, **options)

    def contrast(path):
        frames = list(VideoFile(path).frames(25.0, None))
        assert len(frames) == 8
        return float(np.abs(np.diff(frames[4][8:-8, 32, 0].astype(int))).mean())

    assert contrast(fields) < contrast(plain) / 2


def test_a_video_with_sound_is_read_and_sound_alone_is_refused(tmp_path):
    both = write_video(
        tmp_path / 'a.mp4', grey_frames(LEVELS), codec='libx264', pixels='yuv420p', crf='0', audio_seconds=1.0
    )
    assert len(levels(both, 25.0)) == pytest.approx(len(LEVELS), abs=4)  # sound starts a little before the picture
    sound = write_video(tmp_path / 'b.mp4', [], audio_seconds=1.0)
    with pytest.raises(InputError, match=r'b\.mp4: holds no video stream \(only audio\)'):
        VideoFile(sound)


@pytest.mark.parametrize(
    ('name', 'content', 'message'),
    [
        ('a.mp4', b'', 'is empty'),
        ('a.mp4', b'these are words, not a video', 'cannot be read as a video'),
        ('a.mp4', None, 'no such file'),
        ('', None, 'is a folder, not a video'),
        ('a.m3u8', b'#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/a.ts\n', 'cannot be read as a video|without any frame'),
    ],
)
def test_what_is_no_video_is_refused_in_one_line(tmp_path, name, content, message):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=message) as error:
        VideoFile(path)
    assert '\n' not in str(error.value)


def test_a_truncated_video_is_refused_or_used_as_far_as_it_goes(tmp_path, caplog):
    options = dict(codec='libx264', pixels='yuv420p', crf='0', movflags='faststart')
    noise = np.random.default_rng(0).integers(0, 255, (100, 32, 32, 3), dtype=np.uint8)
    path = write_video(tmp_path / 'a.mkv', list(noise))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(InputError, match=r'a\.mkv: ends after [12]\.\d of 4\.\d s .*copy it again'):
        list(VideoFile(path).frames())
    assert 25 < len(list(VideoFile(path, allow_partial=True).frames())) < 75
    path = write_video(tmp_path / 'b.mp4', grey_frames(LEVELS), **options)
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(InputError, match='cannot be read as a video'):
        VideoFile(path)


@pytest.mark.parametrize('codec', ['ffv1', 'libx264'], ids=['key frames alone', 'few key frames'])
def test_frames_from_a_time_on_are_those_of_the_whole_video(tmp_path, codec):
    options = {} if codec == 'ffv1' else {'pixels': 'yuv420p', 'crf': '0'}
    path = write_video(tmp_path / 'v.mkv', grey_frames([k * 2 for k in range(100)]), codec=codec, **options)
    whole = list(VideoFile(path).frames(10.0, None))
    for start in (0.0, 0.8, 3.1, 3.9):
        part = list(VideoFile(path).frames(10.0, None, start))
        assert len(part) == len(whole) - round(10 * start)
        np.testing.assert_array_equal(part, whole[round(10 * start) :])
    assert not list(VideoFile(path).frames(10.0, None, 4.5))
