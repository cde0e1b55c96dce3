"""Features of motion made by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from mmacl.utils import InputError
from mmacl.video import MotionHistogram, build_extractor

SIZE = 72


def disc(shift_x, shift_y=lambda t: 0.0, radius=lambda t: 14.0, frames=16):
    """A soft bright disc whose centre and radius follow functions of the frame."""
    y, x = np.mgrid[:SIZE, :SIZE]
    pictures = []
    for t in range(frames):
        away = np.hypot(x - SIZE / 2 - shift_x(t), y - SIZE / 2 - shift_y(t))
        pictures.append(np.clip((radius(t) - away) / 4 + 0.5, 0, 1) * 200 + 30)
    return np.repeat(np.array(pictures)[..., None], 3, axis=-1).astype(np.uint8)


def still(t):
    return 0.0


@pytest.fixture(scope='module')
def extractor():
    return build_extractor({'type': 'motion_histogram'})


def test_widths_and_names(extractor):
    found = extractor.extract(np.stack([disc(still), disc(lambda t: t)]))
    assert found.shape == (2, MotionHistogram.feature_dim) == (2, 64)
    assert build_extractor({'type': 'MotionHistogram'}).settings()['extractor'] == 'MotionHistogram'


def test_without_motion_only_the_lowest_level_counts(extractor):
    for half in np.split(extractor.extract(disc(still)[None])[0], 2):
        np.testing.assert_array_equal(half[:25], 0)
        np.testing.assert_array_equal(half[25:], [0.5, *[0] * 6])


@pytest.mark.parametrize(
    ('shift_x', 'shift_y', 'direction'),
    [(1.2, 0, 0), (1, 1, 1), (0, 1.2, 2), (-1.2, 0, 4), (0, -1.2, 6)],
    ids=['right', 'down right', 'down', 'left', 'up'],
)
def test_the_direction_of_motion_is_the_highest_bin(extractor, shift_x, shift_y, direction):
    clip = disc(lambda t: shift_x * (t - 8), lambda t: shift_y * (t - 8))
    for half in np.split(extractor.extract(clip[None])[0], 2):
        assert half[:8].argmax() == direction


@pytest.mark.parametrize(('grows', 'direction'), [(1, 0), (-1, 4)], ids=['growing', 'shrinking'])
def test_growth_goes_away_from_the_centre(extractor, grows, direction):
    clip = disc(still, radius=lambda t: 14 + grows * 0.6 * (t - 8))
    for half in np.split(extractor.extract(clip[None])[0], 2):
        assert half[8:16].argmax() == direction


def test_the_doubled_angle_tells_sideways_from_up_and_down(extractor):
    sideways = disc(lambda t: 8 * math.sin(t / 2))
    upright = disc(still, lambda t: 8 * math.sin(t / 2))
    pair = extractor.extract(np.stack([sideways, upright]))
    # After 8 + 8 + 4 values: length, cosine, sine.
    assert pair[0, 21] > 0.5 > -0.5 > pair[1, 21]


def test_a_change_of_light_is_no_motion(extractor):
    flash = disc(still).astype(np.int64) + np.arange(16)[:, None, None, None]
    np.testing.assert_array_equal(extractor.extract(flash.astype(np.uint8)[None]), extractor.extract(disc(still)[None]))


def test_a_snippet_does_not_depend_on_its_batch(extractor):
    clips = np.stack([disc(lambda t, k=k: k * t) for k in range(3)])
    np.testing.assert_allclose(extractor.extract(clips)[1:2], extractor.extract(clips[1:2]), atol=1e-6)


def test_weights_are_refused():
    with pytest.raises(InputError, match='has no weights'):
        MotionHistogram(weights='some.pt')
