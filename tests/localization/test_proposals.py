import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmacl.localization import CombinedProposals, Proposals, ThresholdProposals
from mmacl.utils import InputError
from tests.examples import examples

PAPER = tuple(round(0.1 * k, 1) for k in range(1, 11))


def reference(scores, thresholds=PAPER, dilation=1, relative_to='mean', min_length=1):
    """Runs above each threshold, walking along the video."""
    units, columns = scores.shape
    found = []
    for c in range(columns):
        low, high = scores[:, c].min(), scores[:, c].max()
        for t_ in thresholds:
            levels = {'mean': scores[:, c].mean() * t_, 'max': t_ * high, 'range': low + t_ * (high - low), 'one': t_}
            level = levels[relative_to]
            above = [scores[t, c] > level for t in range(units)]
            # A unit t is on where the window [t - dilation // 2, t + (dilation - 1) // 2] touches an active one.
            on = [any(above[max(0, t - dilation // 2) : t + (dilation - 1) // 2 + 1]) for t in range(units)]
            start = None
            for t in range(units + 1):
                if t < units and on[t] and start is None:
                    start = t
                elif start is not None and (t == units or not on[t]):
                    if t - start >= min_length:
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


@examples(60)
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


@pytest.mark.parametrize('units', [1, 2, 30])
@pytest.mark.parametrize('relative_to', ['mean', 'max', 'range', 'one'])
@pytest.mark.parametrize('more', [{}, {'min_length': 2}, {'dilation': 3, 'min_length': 4}])
def test_levels_and_minimum_length_equal_walking(units, relative_to, more):
    rng = np.random.default_rng(units)
    thresholds = (0.3, 0.5) if relative_to != 'one' else (-0.5, 0.0, 0.5)
    for scores in (rng.normal(size=(units, 3)), rng.integers(0, 3, (units, 2)) * 1.0, np.zeros((units, 1))):
        found = ThresholdProposals(thresholds, relative_to=relative_to, **more)(scores)
        assert rows_of(found) == reference(scores, thresholds, relative_to=relative_to, **more)


def test_one_threshold_of_the_range_may_be_zero():
    found = ThresholdProposals((0.0,), relative_to='range')(np.array([[-3.0], [-1.0], [-3.0]]))
    assert rows_of(found) == [(0, 1, 2)]  # all above the lowest


def test_runs_of_actionness_are_proposed_for_every_column():
    rng = np.random.default_rng(3)
    scores, actionness = rng.random((20, 3)), rng.random(20)
    part = ThresholdProposals((0.8, 1.2), source='actionness', min_length=2)
    runs = [row[1:] for row in reference(actionness[:, None], (0.8, 1.2), min_length=2)]
    assert rows_of(part(scores, actionness)) == [(c, *run) for c in range(3) for run in runs]
    assert len(part(scores, np.zeros(20))) == 0


def test_actionness_of_a_method_without_any_is_refused_in_one_line():
    with pytest.raises(InputError, match="source='actionness', but the method predicts no actionness"):
        ThresholdProposals(source='actionness')(np.ones((4, 1)))


class Whole:
    """A part of before proposals took actionness."""

    def __call__(self, scores):
        columns = np.arange(scores.shape[1])
        return Proposals(np.tile([0, len(scores)], (len(columns), 1)), columns)


class Scored(Whole):
    def __call__(self, scores):
        found = super().__call__(scores)
        return Proposals(found.segments, found.columns, np.ones(len(found)))


def test_combined_is_the_union_column_by_column():
    rng = np.random.default_rng(4)
    scores, actionness = rng.random((15, 2)), rng.random(15)
    first, second = ThresholdProposals((0.5,)), ThresholdProposals((0.5,), relative_to='one', source='actionness')
    configs = [{'type': 'ThresholdProposals', 'thresholds': (0.5,)}, second, Whole()]
    expected = []
    for c in range(2):
        for part in (first(scores), second(scores, actionness), Whole()(scores)):
            expected += [row for row in rows_of(part) if row[0] == c]
    found = CombinedProposals(configs)(scores, actionness)
    assert rows_of(found) == expected
    assert found.scores is None
    assert len(CombinedProposals([first])(np.zeros((3, 2)))) == 0


def test_own_scores_survive_if_all_parts_have_some():
    scores = np.zeros((3, 2))
    assert CombinedProposals([Scored(), Scored()])(scores).scores.tolist() == [1.0] * 4
    assert CombinedProposals([Scored(), Whole()])(scores).scores is None


@pytest.mark.parametrize(
    ('config', 'names'),
    [
        ({'thresholds': ()}, r'thresholds=\[\]'),
        ({'thresholds': (0.0, 0.5)}, '0.0'),
        ({'thresholds': (0.5, 1.0), 'relative_to': 'range'}, r'not in \[0, 1\) numbers'),
        ({'thresholds': (0.5, 1.0), 'relative_to': 'max'}, r'not in \(0, 1\) numbers'),
        ({'thresholds': (np.nan,), 'relative_to': 'one'}, 'nan'),
        ({'dilation': 0}, 'dilation=0'),
        ({'min_length': 0}, 'min_length=0'),
        ({'relative_to': 'min'}, "relative_to='min'.*mean, max, range, one"),
        ({'source': 'cas'}, "source='cas'"),
    ],
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


def test_a_combination_of_nothing_is_refused():
    with pytest.raises(InputError, match='parts'):
        CombinedProposals([])


def test_unique_of_real_borders_and_of_scored_proposals():
    segments = np.array([[0.25, 3.0], [0.5, 3.0], [0.25, 3.0], [0.25, 3.0]])
    found = Proposals(segments, np.array([1, 0, 1, 0])).unique()
    assert found.segments[:, 0].tolist() == [0.25, 0.5, 0.25]
    assert found.columns.tolist() == [1, 0, 0]
    scored = Proposals(segments[[0, 0, 0]], np.zeros(3, dtype=np.int64), np.array([0.1, 0.7, 0.1])).unique()
    assert scored.scores.tolist() == [0.1, 0.7]


def test_columns_are_chosen_and_numbered_anew():
    found = Proposals(np.arange(10).reshape(5, 2), np.array([4, 0, 2, 4, 1]), np.arange(5.0))
    kept = found.of_columns(np.array([1, 2, 4]))
    assert kept.columns.tolist() == [2, 1, 2, 0]
    assert kept.scores.tolist() == [0.0, 2.0, 3.0, 4.0]
    assert kept.segments[:, 0].tolist() == [0, 4, 6, 8]
    assert len(found.of_columns(np.array([3]))) == 0
