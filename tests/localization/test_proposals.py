import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmacl.localization import Proposals, ThresholdProposals
from mmacl.utils import InputError

PAPER = tuple(round(0.1 * k, 1) for k in range(1, 11))


def reference(scores, thresholds=PAPER, dilation=1):
    """Runs above each threshold, walking along the video."""
    units, columns = scores.shape
    found = []
    for c in range(columns):
        mean = scores[:, c].mean()
        for threshold in thresholds:
            above = [scores[t, c] > mean * threshold for t in range(units)]
            # A unit t is on where the window [t - dilation // 2, t + (dilation - 1) // 2] touches an active one.
            on = [any(above[max(0, t - dilation // 2) : t + (dilation - 1) // 2 + 1]) for t in range(units)]
            start = None
            for t in range(units + 1):
                if t < units and on[t] and start is None:
                    start = t
                elif start is not None and (t == units or not on[t]):
                    found.append((c, start, t))
                    start = None
    return found


def rows_of(found):
    return [(int(c), int(b), int(e)) for c, (b, e) in zip(found.columns, found.segments, strict=True)]


@pytest.mark.parametrize('dilation', [1, 2, 3, 4, 20])
@pytest.mark.parametrize('units', [1, 2, 3, 50])
def test_equals_walking_along_the_video(units, dilation):
    rng = np.random.default_rng(units)
    for scores in (rng.random((units, 3)), rng.normal(size=(units, 3)) + 0.3, rng.integers(0, 2, (units, 3)) * 1.0):
        assert rows_of(ThresholdProposals(dilation=dilation)(scores)) == reference(scores, dilation=dilation)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 4), min_size=1, max_size=30), st.integers(1, 6))
def test_equals_walking_on_any_small_video(values, dilation):
    scores = np.array(values, dtype=float)[:, None]
    found = ThresholdProposals(thresholds=(0.5, 1.0), dilation=dilation)(scores)
    assert rows_of(found) == reference(scores, (0.5, 1.0), dilation)


def test_runs_at_both_ends_and_the_first_unit_alone():
    """A run that starts at unit 0 is a run like any other."""
    found = ThresholdProposals(thresholds=(1.0,))(np.array([[9.0], [0.0], [0.0], [9.0], [9.0]]))
    assert rows_of(found) == [(0, 0, 1), (0, 3, 5)]
    only_first = ThresholdProposals(thresholds=(1.0,))(np.array([[9.0], [0.0], [0.0]]))
    assert rows_of(only_first) == [(0, 0, 1)]


def test_a_score_equal_to_the_threshold_is_not_above_it():
    assert len(ThresholdProposals(thresholds=(1.0,))(np.full((4, 1), 0.5))) == 0
    assert len(ThresholdProposals()(np.zeros((4, 1)))) == 0


def test_runs_do_not_cross_thresholds_or_columns():
    found = ThresholdProposals(thresholds=(0.1, 0.2))(np.ones((3, 2)))
    assert rows_of(found) == [(0, 0, 3), (0, 0, 3), (1, 0, 3), (1, 0, 3)]


def test_single_snippet():
    assert rows_of(ThresholdProposals()(np.array([[2.0]]))) == [(0, 0, 1)] * 9  # 1.0 x mean is not exceeded


def test_means_are_per_column():
    scores = np.array([[1.0, 100.0], [3.0, 300.0]])
    first, second = (ThresholdProposals()(scores[:, [c]]).segments for c in (0, 1))
    np.testing.assert_array_equal(first, second)
    assert len(ThresholdProposals()(scores)) == len(first) + len(second)


@pytest.mark.parametrize(
    ('config', 'names'),
    [({'thresholds': ()}, r'thresholds=\[\]'), ({'thresholds': (0.0, 0.5)}, '0.0'), ({'dilation': 0}, 'dilation=0')],
)
def test_bad_values_are_refused(config, names):
    with pytest.raises(InputError, match=names):
        ThresholdProposals(**config)


def table_of(rows):
    table = np.asarray(rows, dtype=np.int64).reshape(-1, 3)
    return Proposals(table[:, 1:], table[:, 0])


def test_unique_keeps_first_occurrences_in_their_order():
    rows = [(1, 4, 9), (0, 2, 3), (1, 4, 9), (0, 2, 4), (0, 2, 3), (2, 2, 3), (0, 1, 3)]
    assert rows_of(table_of(rows).unique()) == list(dict.fromkeys(rows))


def test_unique_equals_a_set_on_random_rows():
    rng = np.random.default_rng(0)
    start = rng.integers(0, 6, 500)
    rows = np.stack([rng.integers(0, 4, 500), start, start + rng.integers(1, 6, 500)], axis=1).tolist()
    assert rows_of(table_of(rows).unique()) == list(dict.fromkeys(map(tuple, rows)))


def test_unique_does_not_mix_up_far_units():
    rows = [(0, 0, 160_000), (0, 1, 160_000), (99, 159_999, 160_000), (98, 159_999, 160_000)]
    assert rows_of(table_of(rows).unique()) == rows


def test_unique_of_nothing():
    assert len(table_of([]).unique()) == 0
