"""Clips as one picture."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from mmacl.utils import InputError
from mmacl.video.filmstrips import cut_filmstrip
from tests.video.make_video import grey_frames, write_video


def levels(strip):
    """The grey of each frame of a strip."""
    picture = np.asarray(Image.open(BytesIO(strip.jpeg)).convert('L'))
    assert picture.shape == (strip.height, strip.width * strip.frames)
    return [round(float(part.mean())) for part in np.split(picture, strip.frames, axis=1)]


@pytest.fixture
def video(tmp_path):
    """Ten seconds whose grey rises by 20 each second."""
    return write_video(tmp_path / 'v.mkv', grey_frames([20 * (k // 25) for k in range(250)], 48, 32))


def test_a_clip_holds_the_frames_of_its_segment(video):
    strip = cut_filmstrip(video, 2.0, 4.0, short_side=32, fps=4.0)
    assert (strip.frames, strip.width, strip.height, strip.seconds) == (8, 48, 32, 2.0)
    np.testing.assert_allclose(levels(strip), [40] * 4 + [60] * 4, atol=2)


def test_a_long_segment_is_cut_to_its_middle(video):
    strip = cut_filmstrip(video, 0.0, 10.0)
    assert (strip.frames, strip.seconds) == (24, 3.0)
    assert levels(strip)[0] == pytest.approx(60, abs=2)
    assert levels(strip)[-1] == pytest.approx(120, abs=2)


def test_the_ends_of_a_very_wide_picture_are_cut_off(tmp_path):
    video = write_video(tmp_path / 'wide.mkv', grey_frames([100] * 25, 400, 40))
    strip = cut_filmstrip(video, 0.0, 0.5, short_side=40)
    assert (strip.width, strip.height) == (80, 40)


def test_a_moment_has_one_frame_and_one_after_the_end_none(video):
    assert cut_filmstrip(video, 5.0, 5.0).frames == 1
    assert cut_filmstrip(video, 11.0, 12.0) is None


def test_what_is_no_video_is_refused(tmp_path):
    (tmp_path / 'v.mp4').write_bytes(b'no video')
    with pytest.raises(InputError, match='cannot be read as a video'):
        cut_filmstrip(tmp_path / 'v.mp4', 0.0, 1.0)
