import math

import numpy as np
import pytest
from scipy.signal import savgol_filter

from mmacl.localization import ScoreMap, ThresholdProposals
from mmacl.localization.score_map import MODES, interpolate
from mmacl.utils import InputError


@pytest.fixture
def attention():
    return np.random.default_rng(0).normal(scale=3.0, size=(7, 4))


def reference(attention, mode):
    """Each mode, one number at a time."""
    num_snippets, num_classes = attention.shape
    scores = np.zeros_like(attention)
    for t in range(num_snippets):
        over_classes = sum(math.exp(attention[t, k]) for k in range(num_classes))
        for c in range(num_classes):
            a = attention[t, c]
            column = [attention[s, c] for s in range(num_snippets)]
            if mode == 'none':
                scores[t, c] = a if sum(column) > 0 else max(a, 0.0)
            elif mode == 'raw':
                scores[t, c] = a
            elif mode == 'class_softmax':
                scores[t, c] = math.exp(a) / over_classes
            elif mode == 'minmax':
                scores[t, c] = (a - min(column)) / (max(column) - min(column))
            elif mode == 'time_softmax':
                scores[t, c] = math.exp(a) / sum(math.exp(x) for x in column)
            elif mode == 'sigmoid':
                scores[t, c] = 1 / (1 + math.exp(-a))
    if mode == 'class_softmax_minmax':
        return reference(reference(attention, 'class_softmax'), 'minmax')
    if mode == 'positive_minmax':
        return reference(np.where(attention > 0, attention, 0.0), 'minmax')
    return scores


@pytest.mark.parametrize('mode', MODES)
def test_modes_equal_their_definitions(attention, mode):
    attention[:, 1] -= attention[:, 1].mean() + 0.1  # one class with a negative mean
    np.testing.assert_allclose(ScoreMap(mode)(attention), reference(attention, mode), atol=1e-12)


@pytest.mark.parametrize('mode', MODES)
@pytest.mark.parametrize('shift', [-1e4, 1e4])
def test_large_logits_do_not_overflow(attention, mode, shift):
    assert np.isfinite(ScoreMap(mode)(attention * 100 + shift)).all()


def test_none_keeps_the_order_of_thresholds_where_the_mean_is_not_positive(attention):
    attention[:] = -np.abs(attention)
    attention[2, 0] = 0.5
    scores = ScoreMap('none')(attention)
    assert scores.min() == 0
    found = ThresholdProposals()(scores)
    # Without the clip, every threshold would lie below 0 and the lowest one would be the strictest.
    assert {tuple(s) for s in found.segments} == {(2, 3)}
    assert set(found.columns) == {0}


@pytest.mark.parametrize('mode', ['minmax', 'class_softmax_minmax', 'positive_minmax'])
def test_constant_class_scales_to_zero(mode):
    scores = ScoreMap(mode)(np.ones((5, 2)))
    np.testing.assert_array_equal(scores, np.zeros((5, 2)))
    assert len(ThresholdProposals()(scores)) == 0


@pytest.mark.parametrize('mode', MODES)
def test_one_snippet(mode):
    scores = ScoreMap(mode, interpolation=4, smoothing={'window': 5})(np.array([[1.0, -1.0]]))
    assert scores.shape == (4, 2)
    assert np.isfinite(scores).all()
    np.testing.assert_array_equal(scores, scores[:1].repeat(4, axis=0))


@pytest.mark.parametrize('mode', MODES)
def test_choosing_clusters_equals_choosing_columns(attention, mode):
    score_map = ScoreMap(mode, interpolation=3, smoothing={'window': 5})
    np.testing.assert_array_equal(score_map(attention, np.array([3, 1])), score_map(attention)[:, [3, 1]])


@pytest.mark.parametrize('factor', [1, 2, 3, 16])
def test_interpolated_unit_lies_at_its_centre(attention, factor):
    units = interpolate(attention, factor)
    assert len(units) == len(attention) * factor
    centres = np.arange(len(attention)) + 0.5
    for j in range(len(units)):
        for c in range(attention.shape[1]):
            assert units[j, c] == pytest.approx(np.interp((j + 0.5) / factor, centres, attention[:, c]))


def test_interpolation_shifts_nothing():
    """The middle of a symmetric bump stays where it was, in snippets."""
    bump = np.array([[0.0], [0.0], [1.0], [0.0], [0.0]])
    for factor in (2, 5, 16):
        units = interpolate(bump, factor)[:, 0]
        centre = ((np.arange(len(units)) + 0.5) / factor * units).sum() / units.sum()
        assert centre == pytest.approx(2.5)


def test_smoothing_is_savitzky_golay(attention):
    smooth = ScoreMap('sigmoid', smoothing={'window': 5, 'order': 1})(attention)
    expected = savgol_filter(1 / (1 + np.exp(-attention)), 5, 1, axis=0)
    np.testing.assert_allclose(smooth[2:-2], expected[2:-2])
    # Order 1 is a moving mean away from the ends.
    np.testing.assert_allclose(smooth[3], (1 / (1 + np.exp(-attention)))[1:6].mean(axis=0))


def test_smoothing_never_leaves_the_range_it_found():
    scores = np.zeros((40, 1))
    scores[[0, 10, 11, 39]] = 1.0
    smooth = ScoreMap('none', smoothing={'window': 9, 'order': 3})(scores)
    assert savgol_filter(scores, 9, 3, axis=0).min() < 0
    assert smooth.min() >= 0
    assert smooth.max() <= 1


@pytest.mark.parametrize('num_snippets', [1, 2, 3, 4, 5])
def test_smoothing_window_shrinks_to_a_short_video(num_snippets):
    scores = np.random.default_rng(1).random((num_snippets, 2))
    smooth = ScoreMap('none', smoothing={'window': 51})(scores)
    assert smooth.shape == scores.shape
    if num_snippets >= 3:
        assert not np.allclose(smooth, scores)
    else:
        np.testing.assert_array_equal(smooth, scores)


def test_the_input_is_not_changed(attention):
    before = attention.copy()
    for mode in MODES:
        ScoreMap(mode, interpolation=2, smoothing={'window': 3})(attention)
    np.testing.assert_array_equal(attention, before)


@pytest.mark.parametrize(
    ('config', 'names'),
    [
        ({'mode': 'softmax'}, "mode='softmax'.*class_softmax"),
        ({'interpolation': 0}, 'interpolation=0'),
        ({'smoothing': {'window': 4}}, 'window=4'),
        ({'smoothing': {'window': 1}}, 'window=1'),
        ({'smoothing': {'window': 3, 'order': 3}}, 'order=3'),
        ({'smoothing': {'window': 3, 'order': -1}}, 'order=-1'),
    ],
)
def test_bad_values_are_refused(config, names):
    with pytest.raises(InputError, match=names):
        ScoreMap(**config)


@pytest.mark.parametrize(
    ('options', 'never'),
    [
        ({}, {'minmax', 'class_softmax_minmax', 'positive_minmax'}),
        (dict(interpolation=4, smoothing=dict(window=9)), set()),
    ],
)
def test_the_min_max_modes_never_propose_the_whole_video_unless_refined(options, never):
    steady = np.tile([[1.1, 0.2], [0.9, 0.1]], (4, 1))[:-1]
    missing = set()
    for mode in MODES:
        scores = ScoreMap(mode, **options)(steady)
        found = ThresholdProposals()(scores)
        whole = (found.segments == [0, len(scores)]).all(axis=1) & (found.columns == 0)
        missing |= set() if whole.any() else {mode}
    assert missing == never
