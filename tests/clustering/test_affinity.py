"""Distances, sigma and affinity, against Sec. 3.3 written as loops."""

from __future__ import annotations

from math import dist, exp

import numpy as np
import pytest

from mmacl.clustering.affinity import (
    gaussian_affinity,
    mean_distance,
    mean_distance_of_upper_triangle,
    paper_sigma,
    sigma_rule,
    squared_distances,
)
from mmacl.utils import InputError


@pytest.fixture
def rows():
    return np.random.default_rng(0).normal(size=(9, 5))


def sigma_by_loops(rows):
    return sum(dist(a, b) for a in rows for b in rows) / len(rows) ** 2


def test_distances_equal_the_loops(rows):
    expected = [[dist(a, b) ** 2 for b in rows] for a in rows]
    np.testing.assert_allclose(squared_distances(rows), expected, rtol=1e-12, atol=1e-13)


def test_sigma_is_the_mean_over_all_i_and_j(rows):
    assert paper_sigma(rows) == pytest.approx(sigma_by_loops(rows), rel=1e-12)


def test_sigma_of_more_rows_than_are_summed_at_once():
    rows = np.random.default_rng(0).normal(size=(300, 3))
    assert paper_sigma(rows) == pytest.approx(sigma_by_loops(rows), rel=1e-12)


def test_the_releases_sigma_is_the_mean_over_i_up_to_j(rows):
    pairs = [(i, j) for i in range(len(rows)) for j in range(i, len(rows))]
    expected = sum(dist(rows[i], rows[j]) for i, j in pairs) / len(pairs)
    assert mean_distance_of_upper_triangle(squared_distances(rows)) == pytest.approx(expected, rel=1e-12)
    assert sigma_rule('upper_triangle') is mean_distance_of_upper_triangle


@pytest.mark.parametrize('sigma', [None, 'paper', 'upper_triangle', 0.7])
def test_affinity_equals_the_loops(rows, sigma):
    value = sigma_by_loops(rows) if sigma in (None, 'paper') else sigma
    if sigma == 'upper_triangle':
        value = sigma_by_loops(rows) * 9 / 10
    expected = [[exp(-(dist(a, b) ** 2) / (2 * value**2)) for b in rows] for a in rows]
    np.testing.assert_allclose(gaussian_affinity(rows, sigma), expected, rtol=1e-10)


def test_affinity_is_symmetric_and_one_on_the_diagonal(rows):
    affinity = gaussian_affinity(rows)
    np.testing.assert_array_equal(affinity, affinity.T)
    np.testing.assert_array_equal(np.diagonal(affinity), 1)


def test_rows_far_from_the_origin_in_single_precision_keep_their_distances():
    # Uncentred and in float32, the squared norms (1e8) swallow squared distances of about 1.
    near = np.random.default_rng(0).normal(size=(20, 100)).astype(np.float32) / 16
    far = (near + np.float32(1000)).astype(np.float32)
    assert paper_sigma(far) == pytest.approx(sigma_by_loops(far.astype(np.float64)), rel=1e-7)


def test_sigma_is_accumulated_in_double_precision():
    # As many equal distances as ActivityNet-1.2 has pairs: one float32 sum stops growing at 2^24 of them.
    number = 4819
    squared = np.broadcast_to(np.float32(1), (number, number))
    assert mean_distance(squared) == pytest.approx(1.0, abs=1e-12)


def test_nearly_equal_rows_far_from_the_mean_have_no_negative_distance():
    rng = np.random.default_rng(0)
    rows = np.repeat(rng.normal(size=(20, 64)), 3, axis=0) + 1e-12 * rng.normal(size=(60, 64))
    squared = squared_distances(rows)
    assert squared.min() == 0
    np.testing.assert_array_equal(np.diagonal(squared), 0)
    np.testing.assert_array_equal(squared, squared.T)
    # Without the clamp some of them are negative, and sigma is not a number.
    centred = rows - rows.mean(axis=0)
    gram = centred @ centred.T
    assert (np.add.outer(np.diagonal(gram), np.diagonal(gram)) - 2 * gram).min() < 0


@pytest.mark.parametrize('row', [np.zeros(4), np.array([0.1, 0.2, 0.3, 1e6])])
def test_identical_rows_are_all_alike_and_not_undefined(row):
    np.testing.assert_array_equal(gaussian_affinity(np.tile(row, (7, 1))), np.ones((7, 7)))


def test_an_unknown_rule_is_refused():
    with pytest.raises(InputError, match="sigma 'median' is not known; choose one of paper, upper_triangle"):
        gaussian_affinity(np.eye(3), 'median')
