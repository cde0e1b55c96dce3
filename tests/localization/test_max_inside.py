import numpy as np
import pytest

from mmacl.localization import MaxInside, Proposals


def reference(scores, video_scores, segments, columns, gamma):
    found = []
    for (start, end), c in zip(segments.tolist(), columns.tolist(), strict=True):
        inside = [scores[t, c] for t in range(len(scores)) if t < end and t + 1 > start]
        found.append(max(inside) + gamma * video_scores[c])
    return found


@pytest.mark.parametrize('units', [1, 2, 9])
@pytest.mark.parametrize('fraction', [0.0, 0.5])
def test_equals_the_largest_of_a_loop(units, fraction):
    rng = np.random.default_rng(units)
    scores, video_scores = rng.normal(size=(units, 3)) - 2, rng.random(3)
    rows = [(c, b, e) for c in range(3) for b in range(units) for e in range(b + 1, units + 1)]
    table = rng.permutation(np.array(rows))
    segments = table[:, 1:].astype(float)
    segments[:, 1] -= fraction
    found = MaxInside(gamma=0.3)(scores, video_scores, Proposals(segments, table[:, 0]))
    np.testing.assert_allclose(found, reference(scores, video_scores, segments, table[:, 0], 0.3), rtol=0, atol=1e-15)


def test_a_unit_covered_in_part_counts():
    found = MaxInside(gamma=0.0)(np.array([[5.0], [1.0], [9.0]]), np.ones(1), _one(0.9, 1.1))
    assert found.tolist() == [5.0]


def test_nothing_in_nothing_out():
    empty = Proposals(np.empty((0, 2), dtype=np.int64), np.empty(0, dtype=np.int64))
    assert MaxInside()(np.ones((3, 2)), np.ones(2), empty).shape == (0,)


def test_gamma_is_that_of_the_authors():
    assert MaxInside()(np.array([[2.0]]), np.array([0.5]), _one(0, 1)).tolist() == [2.35]


def _one(start, end):
    return Proposals(np.array([[start, end]]), np.array([0]))
