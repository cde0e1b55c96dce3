"""The upper half of the normalised affinity, against the whole of it."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from mmacl.clustering import affinity_panels, gaussian_affinity
from mmacl.clustering.affinity_panels import AffinityPanels
from mmacl.clustering.normalised_cut import normalise_affinity


@pytest.fixture(params=[4, 30, 512])
def panels_of(request, monkeypatch):
    monkeypatch.setattr(affinity_panels, '_ROWS', request.param)
    return AffinityPanels


@pytest.fixture
def rows():
    return np.random.default_rng(0).normal(size=(30, 6)) + 5


@pytest.mark.parametrize('sigma', ['paper', 'upper_triangle'])
def test_equals_the_whole_matrix(panels_of, rows, sigma):
    expected, scale = normalise_affinity(gaussian_affinity(rows, sigma))
    panels = panels_of(rows, sigma)
    np.testing.assert_allclose(panels.dense(), expected, rtol=1e-12)
    np.testing.assert_allclose(panels.scale, scale, rtol=1e-12)
    columns = np.random.default_rng(1).normal(size=(30, 3))
    np.testing.assert_allclose(panels.multiply(torch.from_numpy(columns)), expected @ columns, atol=1e-14)
    trivial = torch.nn.functional.normalize(panels.scale.reciprocal(), dim=0)[:, None]
    np.testing.assert_allclose(panels.multiply(trivial), trivial, atol=1e-14)


def test_without_self_affinity_a_video_far_from_all_keeps_its_own(panels_of):
    rows = np.random.default_rng(0).normal(size=(100, 6))
    rows[3] = 1e6
    affinity = gaussian_affinity(rows)
    np.fill_diagonal(affinity, 0)
    affinity[3, 3] = 1
    np.testing.assert_allclose(panels_of(rows, self_affinity=False).dense(), normalise_affinity(affinity)[0], rtol=1e-9)


def test_equal_rows_have_equal_affinities(panels_of):
    np.testing.assert_allclose(panels_of(np.full((9, 3), 0.1)).dense(), np.full((9, 9), 1 / 9))


def test_takes_about_half_the_memory_and_leaves_the_rows_alone():
    rows = np.random.default_rng(0).normal(size=(1100, 2)).astype(np.float32)
    before = rows.copy()
    panels = AffinityPanels(rows)
    assert panels.num_bytes < 0.75 * 8 * 1100**2
    np.testing.assert_array_equal(rows, before)
    assert panels.scale.dtype == torch.float64
