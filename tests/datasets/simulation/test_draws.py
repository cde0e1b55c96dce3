import numpy as np
import pytest

from mmacl.datasets.simulation.draws import blend, generator, normal_quantiles, truncated_log_normal, unit_rows


def test_a_place_has_one_stream_of_numbers_of_its_own():
    assert generator(3, 1, 4).random() == generator(3, 1, 4).random()
    assert generator(3, 1, 4).random() != generator(3, 4, 1).random()


def test_quantiles_are_those_of_the_normal():
    np.testing.assert_allclose(normal_quantiles([0.5, 0.8413447, 0.0227501]), [0.0, 1.0, -2.0], atol=1e-5)


def test_log_normal_stays_within_its_limits_and_keeps_its_median():
    rng = generator(0)
    drawn = [truncated_log_normal(rng, 10.0, 0.5, (5.0, 20.0)) for _ in range(4000)]
    assert 5.0 <= min(drawn) < 5.1
    assert 19.6 < max(drawn) <= 20.0
    # Limits symmetric in the logarithm leave the median where it was.
    assert np.median(drawn) == pytest.approx(10.0, rel=0.03)


def test_blend_of_orthogonal_directions_keeps_length_and_shares():
    mixed = blend(0.36, np.array([1.0, 0.0]), np.array([0.0, 1.0]))
    np.testing.assert_allclose(mixed, [0.6, 0.8])


def test_unit_rows():
    rows = unit_rows(generator(1), 5, 7)
    assert rows.shape == (5, 7)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1.0)
