"""Videos with a timeline under the picture."""

from __future__ import annotations

import errno
from collections import Counter

import av
import numpy as np
import pytest

from mmacl.utils import InputError
from mmacl.video import TimelineStrip, VideoFile, annotated_size, write_annotated_video
from mmacl.visualization import draw_timeline_strip
from tests.video.make_video import grey_frames, write_video

FOUND = [
    {'label': 'jump', 'score': 0.9, 'segment': [0.0, 0.8], 'cluster': 0},
    {'label': 'spin $x$ <b> 日本', 'score': 0.5, 'segment': [0.8, 1.6], 'cluster': 1},
]
EMPTY = TimelineStrip(np.zeros((8, 320, 3), np.uint8), 0, 9, 1)


def strip_of(video):
    labels = [row['label'] for row in FOUND]
    return draw_timeline_strip(FOUND, labels, video.facts.duration, annotated_size(video.facts)[0])


def decoded(path):
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format='rgb24') for frame in container.decode(video=0)]


def test_frames_of_the_video_stand_above_the_timeline(tmp_path):
    levels = [5 * i for i in range(40)]
    source = write_video(tmp_path / 'a.mkv', grey_frames(levels, width=49, height=33), audio_seconds=1.5)
    video = VideoFile(source)
    strip = strip_of(video)
    write_annotated_video(video, tmp_path / 'new' / 'a.mp4', strip, 'a "b"')
    frames = decoded(tmp_path / 'new' / 'a.mp4')
    assert len(frames) == 40
    assert frames[0].shape == (34 + len(strip.image), 320, 3)
    assert annotated_size(video.facts) == (320, 34)
    np.testing.assert_allclose([frame[16, 160].mean() for frame in frames], levels, atol=6)
    assert all(frame[16, 20].mean() < 20 for frame in frames)  # beside a narrow picture
    cursors = [int(frame[36:-8, 60:].mean(axis=(0, 2)).argmax()) + 60 for frame in frames]
    expected = [strip.left + k / 40 * (strip.right - strip.left) for k in range(40)]
    np.testing.assert_allclose(cursors, expected, atol=3)
    with av.open(str(tmp_path / 'new' / 'a.mp4')) as container:
        assert [stream.codec_context.name for stream in container.streams] == ['h264', 'aac']
        assert container.metadata['title'] == 'a "b"'
        packets = [packet for packet in container.demux(audio=0) if packet.pts is not None]
        assert len(packets) == pytest.approx(1.5 * 8000 / 1024, abs=2)
    assert [path.name for path in (tmp_path / 'new').iterdir()] == ['a.mp4']


def test_large_pictures_are_reduced_and_small_ones_kept(tmp_path):
    facts = VideoFile(write_video(tmp_path / 'a.mkv', grey_frames([9], width=1920, height=1080))).facts
    assert annotated_size(facts) == (1280, 720)
    strip = TimelineStrip(np.zeros((8, 1280, 3), np.uint8), 0, 9, 1)
    write_annotated_video(VideoFile(tmp_path / 'a.mkv'), tmp_path / 'a.mp4', strip)
    assert decoded(tmp_path / 'a.mp4')[0].shape == (728, 1280, 3)


def test_mpeg4_where_x264_is_missing(tmp_path, monkeypatch):
    monkeypatch.setattr(av, 'codecs_available', {'mpeg4'})
    video = VideoFile(write_video(tmp_path / 'a.mkv', grey_frames([100] * 9, width=64, height=48)))
    write_annotated_video(video, tmp_path / 'a.mp4', strip_of(video))
    with av.open(str(tmp_path / 'a.mp4')) as container:
        assert container.streams.video[0].codec_context.name == 'mpeg4'
    assert decoded(tmp_path / 'a.mp4')[4][20, 160].mean() == pytest.approx(100, abs=6)


def test_sound_that_mp4_cannot_hold_is_left_out(tmp_path, monkeypatch):
    said = []
    monkeypatch.setattr('mmacl.video.annotated_video.log_warning', said.append)
    monkeypatch.setattr('mmacl.video.annotated_video._COPIED', {'mp3'})
    video = VideoFile(write_video(tmp_path / 'a.mkv', grey_frames([100] * 9), audio_seconds=0.4))
    write_annotated_video(video, tmp_path / 'a.mp4', strip_of(video))
    assert said == [f'{video.path}: its sound (aac) is left out of the MP4']
    with av.open(str(tmp_path / 'a.mp4')) as container:
        assert len(container.streams) == 1


@pytest.mark.parametrize(
    ('number', 'message'), [(errno.ENOSPC, 'the disk is full'), (errno.EINVAL, 'cannot be encoded')]
)
def test_nothing_is_left_of_a_file_that_cannot_be_written(tmp_path, monkeypatch, number, message):
    video = VideoFile(write_video(tmp_path / 'a.mkv', grey_frames([100] * 9)))
    out = tmp_path / 'out'
    out.mkdir()
    (out / 'a.mp4').write_text('of before')

    def stop(*_):
        av.error.err_check(-number)

    monkeypatch.setattr('mmacl.video.annotated_video._center', stop)
    with pytest.raises(InputError, match=message) as caught:
        write_annotated_video(video, out / 'a.mp4', strip_of(video))
    assert caught.value.file == str(out / 'a.mp4')
    assert [(path.name, path.read_text()) for path in out.iterdir()] == [('a.mp4', 'of before')]


def test_a_truncated_video_gives_no_file(tmp_path):
    path = write_video(tmp_path / 'a.mkv', grey_frames([100, 200] * 100))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    video = VideoFile(path)
    with pytest.raises(InputError, match=r'ends after .* of 8\.0 s'):
        write_annotated_video(video, tmp_path / 'out' / 'a.mp4', EMPTY)
    assert list((tmp_path / 'out').iterdir()) == []


def test_rows_and_colours_of_the_strip():
    rows = [{'label': f'c{i}', 'score': 1 - i / 20, 'segment': [i, i + 1], 'cluster': i} for i in range(12)]
    strip = draw_timeline_strip(rows, [f'c{i}' for i in range(12)], 12.0, 640)
    assert strip.image.shape[1] == 640
    assert len(strip.image) % 2 == 0
    assert len(strip.rows) == 8  # seven classes, and the rest
    assert len(strip.rows[-1][2]) == 5
    for number, (top, bottom, segments) in enumerate(strip.rows[:7]):
        middle = strip.left + (segments[0].mean() / 12) * (strip.right - strip.left)
        bar = strip.image[(top + bottom) // 2, round(middle)]
        others = strip.image[(top + bottom) // 2 + 3, round(strip.right) - 4]
        assert np.abs(bar.astype(int) - others).sum() > 60, number
    marked = [[bool((strip.at(t)[top:bottom, :4] == 255).all()) for top, bottom, _ in strip.rows] for t in (0.5, 8.0)]
    assert Counter(marked[0]) == {True: 1, False: 7}
    assert marked[1] == [False] * 7 + [True]


def test_a_video_without_segments_and_without_a_length():
    strip = draw_timeline_strip([], [], 0.0, 320)
    assert strip.rows == ()
    assert strip.at(0.0).shape == strip.image.shape
