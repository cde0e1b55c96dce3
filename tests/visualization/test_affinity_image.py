"""Affinities averaged over blocks."""

import numpy as np
import pytest

from mmacl.clustering import gaussian_affinity
from mmacl.visualization.affinity_image import affinity_image

GROUPS = np.array([0, 0, 0, 2, 2, 5, 5])


@pytest.fixture
def rows():
    return np.random.default_rng(0).normal(size=(7, 4))


@pytest.mark.parametrize('size', [1, 2, 3, 7, 50])
def test_blocks_are_means_over_pairs_of_different_videos(rows, size):
    image = affinity_image(rows, GROUPS, max_size=size)
    affinity = gaussian_affinity(rows)
    size = min(size, 7)
    block = [max(b for b in range(size) if b * 7 // size <= video) for video in range(7)]
    assert image.values.shape == (size, size)
    assert image.values.dtype == np.float32
    for a in range(size):
        for b in range(size):
            pairs = [affinity[i, j] for i in range(7) for j in range(7) if (block[i], block[j]) == (a, b) and i != j]
            expected = np.mean(pairs) if pairs else np.nan
            assert image.values[a, b] == pytest.approx(expected, rel=1e-6, nan_ok=True)


def test_means_within_and_between_groups(rows):
    image = affinity_image(rows, GROUPS)
    affinity = gaussian_affinity(rows)
    pairs = [(i, j) for i in range(7) for j in range(7) if i != j]
    assert image.within == pytest.approx(np.mean([affinity[p] for p in pairs if GROUPS[p[0]] == GROUPS[p[1]]]))
    assert image.between == pytest.approx(np.mean([affinity[p] for p in pairs if GROUPS[p[0]] != GROUPS[p[1]]]))


def test_what_has_no_pair_is_not_a_number():
    one = affinity_image(np.ones((1, 3)), np.array([4]))
    assert np.isnan(one.values).all()
    assert np.isnan([one.within, one.between]).all()
    alone = affinity_image(np.eye(3), np.arange(3))
    assert np.isnan(alone.within)
    assert np.isfinite(alone.between)


def test_sigma_is_that_of_the_affinity(rows):
    image = affinity_image(rows, GROUPS, sigma=0.5)
    np.testing.assert_allclose(image.values[0, 1], gaussian_affinity(rows, 0.5)[0, 1], rtol=1e-6)
