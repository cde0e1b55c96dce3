import numpy as np
import pytest

from mmacl.localization import MeanInside, OuterInnerContrast, Proposals
from mmacl.utils import InputError


def reference(scores, video_scores, segments, columns, gamma=0.1, ratio=0.25):
    """Eq. (14), unit by unit: every unit counts with the share of it that lies in the region."""
    result = []
    for (start, end), c in zip(segments.tolist(), columns.tolist(), strict=True):
        side = max((end - start) * ratio, 1.0)
        inner, outer, width = 0.0, 0.0, 0.0
        for t in range(len(scores)):
            if start <= t < end:
                inner += scores[t, c]
            for low, high in ((start - side, start), (end, end + side)):
                share = max(0.0, min(t + 1, high) - max(t, low))
                outer += share * scores[t, c]
                width += share
        result.append(inner / (end - start) - (outer / width if width else 0.0) + gamma * video_scores[c])
    return np.array(result)


def all_segments(units, columns):
    rows = [(c, b, e) for c in range(columns) for b in range(units) for e in range(b + 1, units + 1)]
    table = np.array(rows)
    return Proposals(table[:, 1:], table[:, 0])


@pytest.mark.parametrize('units', [1, 2, 3, 17])
@pytest.mark.parametrize('config', [{}, {'gamma': 0.25, 'outer_ratio': 1.0}])
def test_equals_eq_14_written_as_loops(units, config):
    rng = np.random.default_rng(units)
    scores, video_scores = rng.normal(size=(units, 3)), rng.random(3)
    proposals = all_segments(units, 3)
    expected = reference(
        scores,
        video_scores,
        proposals.segments,
        proposals.columns,
        config.get('gamma', 0.1),
        config.get('outer_ratio', 0.25),
    )
    np.testing.assert_allclose(OuterInnerContrast(**config)(scores, video_scores, proposals), expected, atol=1e-12)


@pytest.mark.parametrize('gamma', [0.0, 0.2])
def test_the_mean_inside_is_the_inner_part_alone(gamma):
    rng = np.random.default_rng(0)
    scores, video_scores = rng.normal(size=(9, 3)), rng.random(3)
    proposals = all_segments(9, 3)
    found = MeanInside(gamma)(scores, video_scores, proposals)
    for (start, end), c, value in zip(proposals.segments.tolist(), proposals.columns.tolist(), found, strict=True):
        inside = [scores[t, c] for t in range(start, end)]
        assert value == pytest.approx(sum(inside) / len(inside) + gamma * video_scores[c], abs=1e-12)


def test_the_mean_inside_counts_shares_of_units():
    part = Proposals(np.array([[0.5, 2.25]]), np.array([0]))
    found = MeanInside()(np.array([[4.0], [1.0], [8.0]]), np.ones(1), part)
    assert found.tolist() == pytest.approx([(0.5 * 4 + 1 + 0.25 * 8) / 1.75])


def score(values, start, end, **config):
    proposals = Proposals(np.array([[start, end]]), np.array([0]))
    return OuterInnerContrast(gamma=0.0, **config)(np.array(values, dtype=float)[:, None], np.ones(1), proposals)[0]


def test_sides_are_at_least_one_unit():
    """A quarter of one unit would round to nothing; the neighbours count in full."""
    assert score([0, 2, 10, 4, 0], 2, 3) == pytest.approx(10 - 3)
    assert score([0, 2, 10, 7, 4, 0], 2, 4) == pytest.approx(8.5 - 3)


def test_long_proposals_take_fractions_of_units():
    # Length 5: sides of 1.25 units, the second unit of each for a quarter.
    assert score([8, 4, 1, 1, 1, 1, 1, 0, 0], 2, 7) == pytest.approx(1 - (4 + 0.25 * 8) / 2.5)


def test_a_proposal_at_the_start_does_not_look_at_the_end():
    """A start that becomes negative must not wrap to the last units."""
    assert score([5, 5, 1, 0, 100], 0, 2) == pytest.approx(5 - 1)
    assert score([100, 0, 1, 5, 5], 3, 5) == pytest.approx(5 - 1)


def test_whole_video_has_outer_mean_zero():
    assert score([2, 4], 0, 2) == pytest.approx(3)
    assert score([7], 0, 1) == pytest.approx(7)


def test_one_clipped_side_is_averaged_over_what_is_left():
    # Length 8: sides of 2 units, of which one exists on the left.
    assert score([3] + [5] * 8 + [1, 2, 9], 1, 9) == pytest.approx(5 - (3 + 1 + 2) / 3)


def test_video_score_counts_with_gamma_for_its_own_column():
    proposals = Proposals(np.array([[0, 1], [0, 1]]), np.array([1, 0]))
    scores = OuterInnerContrast(gamma=0.5)(np.zeros((3, 2)), np.array([0.2, 0.8]), proposals)
    np.testing.assert_allclose(scores, [0.4, 0.1])


def test_cumulative_sums_stay_exact_in_long_videos():
    rng = np.random.default_rng(0)
    scores = rng.random((160_000, 1)) + 1e4
    segments = np.array([[159_990, 159_994], [80_000, 80_040], [3, 159_000]])
    proposals = Proposals(segments, np.zeros(3, dtype=np.int64))
    expected = []
    for start, end in segments:
        side = max((end - start) // 4, 1)
        outer = np.concatenate([scores[max(start - side, 0) : start, 0], scores[end : end + side, 0]])
        expected.append(scores[start:end, 0].mean() - outer.mean())
    found = OuterInnerContrast(gamma=0.0)(scores, np.zeros(1), proposals)
    np.testing.assert_allclose(found[:2], expected[:2], atol=1e-5)
    assert found[2] == pytest.approx(expected[2], abs=1e-3)  # the reference floors a side of 39,749.25


def test_no_proposals():
    empty = Proposals(np.empty((0, 2), dtype=np.int64), np.empty(0, dtype=np.int64))
    assert OuterInnerContrast()(np.ones((4, 2)), np.ones(2), empty).shape == (0,)


def test_no_outer_region_is_refused():
    with pytest.raises(InputError, match='outer_ratio=0'):
        OuterInnerContrast(outer_ratio=0)
