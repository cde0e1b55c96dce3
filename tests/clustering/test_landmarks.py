"""The approximation by landmarks, against the affinity itself."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import subspace_angles

from mmacl.clustering import gaussian_affinity, landmarks, spectral_embedding
from mmacl.clustering.landmarks import landmark_embedding


@pytest.fixture
def rows():
    rng = np.random.default_rng(0)
    return rng.normal(size=(5, 8))[np.arange(150) % 5] + 0.4 * rng.normal(size=(150, 8)) + 2


def exact(rows, count, sigma, self_affinity):
    affinity = gaussian_affinity(rows, sigma)
    if not self_affinity:
        np.fill_diagonal(affinity, 0)
    return spectral_embedding(affinity, count)


@pytest.mark.parametrize(('sigma', 'self_affinity'), [('paper', True), ('upper_triangle', False)])
def test_with_all_videos_as_landmarks_it_is_the_normalised_cut(monkeypatch, rows, sigma, self_affinity):
    monkeypatch.setattr(landmarks, '_ROWS', 64)
    before = rows.copy()
    found = landmark_embedding(rows, 5, 150, sigma, self_affinity)
    np.testing.assert_array_equal(rows, before)
    expected = exact(rows, 5, sigma, self_affinity)
    # What is left: the affinity of a video to itself counts in the degrees alone.
    assert subspace_angles(found.points, expected).max() < (1e-4 if self_affinity else 5e-2)
    np.testing.assert_allclose(np.abs(found.points[:, 0]), np.abs(expected[:, 0]), rtol=1e-4)
    assert found.residual < 0.05 * found.smallest


def test_fewer_landmarks_are_coarser_but_keep_the_linear_part(rows):
    wide = landmark_embedding(rows.astype(np.float32), 5, 20)
    assert subspace_angles(wide.points, exact(rows, 5, 'paper', True)).max() < 0.1
    assert landmark_embedding(rows, 5, 150).residual < wide.residual


def test_reads_a_memory_map_and_repeats_with_the_seed(tmp_path, rows):
    np.save(tmp_path / 'rows.npy', rows.astype(np.float32))
    mapped = np.load(tmp_path / 'rows.npy', mmap_mode='r')
    first, again = (landmark_embedding(mapped, 5, 40, seed=3).points for _ in range(2))
    np.testing.assert_array_equal(first, again)
    assert (landmark_embedding(mapped, 5, 40, seed=4).points != first).any()


def test_equal_rows_are_no_reason_to_fail():
    found = landmark_embedding(np.full((40, 3), 0.1), 3, 10)
    assert np.isfinite(found.points).all()
