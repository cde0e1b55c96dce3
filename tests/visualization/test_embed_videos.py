"""Places of videos on a plane."""

import numpy as np
import pytest

from mmacl.visualization import embed_videos


def test_videos_of_a_class_are_neighbours(make_videos):
    rows, classes, _, _ = make_videos(120, 4, rounds=(9,))
    points = embed_videos(rows[9])
    assert points.shape == (120, 2)
    nearest = [np.square(points - p).sum(axis=1).argsort()[1] for p in points]
    assert np.mean(classes[nearest] == classes) > 0.95


def test_the_seed_decides():
    rows = np.random.default_rng(0).normal(size=(80, 60))
    np.testing.assert_array_equal(embed_videos(rows, 3), embed_videos(rows, 3))
    assert (embed_videos(rows, 3) != embed_videos(rows, 4)).any()


@pytest.mark.parametrize('shape', [(1, 5), (2, 5), (9, 5), (3, 1), (30, 1), (10, 2), (12, 300)])
def test_few_videos_or_dimensions(shape):
    points = embed_videos(np.random.default_rng(0).normal(size=shape))
    assert points.shape == (shape[0], 2)
    assert np.isfinite(points).all()


def test_a_handful_keeps_its_distances():
    rows = np.zeros((4, 7))
    rows[:, 2] = [0, 1, 2, 4]
    rows[:, 5] = [0, 1, 0, 0]
    points = embed_videos(rows)
    expected = np.linalg.norm(rows[:, None] - rows, axis=-1)
    np.testing.assert_allclose(np.linalg.norm(points[:, None] - points, axis=-1), expected, atol=1e-5)


def test_videos_that_are_all_the_same_stay_together():
    assert not embed_videos(np.full((50, 8), 0.3)).any()


@pytest.mark.parametrize('num_distinct', [2, 3, 11])
def test_videos_that_are_the_same_in_part(num_distinct):
    rows = np.random.default_rng(0).normal(size=(num_distinct, 8)) * 1e-3 + 0.7
    points = embed_videos(rows[np.arange(60) % num_distinct])
    assert np.isfinite(points).all()
    assert len(np.unique(points.round(3), axis=0)) >= num_distinct
