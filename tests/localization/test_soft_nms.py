import math
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmacl.localization import SoftNMS
from mmacl.structures import temporal_iou
from mmacl.utils import InputError
from tests.examples import examples


def reference(segments, scores, method, sigma=0.5, iou_threshold=0.3, score_threshold=0.001):
    """The algorithm of the paper: take the best, lower the others, drop those that are too low."""
    left = dict(enumerate(map(float, scores)))
    taken = []
    while left:
        best = min(left, key=lambda i: (-left[i], i))
        score = left.pop(best)
        if score_threshold is not None and score < score_threshold:
            break
        taken.append((best, score))
        for i in left:
            iou = temporal_iou(segments[best], segments[i])[0, 0]
            factor = math.exp(-(iou**2) / sigma) if method == 'gaussian' else (1 - iou if iou >= iou_threshold else 1)
            left[i] -= (1 - factor) * abs(left[i])
    return taken


def check(segments, scores, method, **config):
    segments = np.asarray(segments, dtype=float).reshape(-1, 2)
    scores = np.asarray(scores, dtype=float)
    before = scores.copy()
    rows, found = SoftNMS(method, **config)(segments, scores)
    expected = reference(segments, scores, method, **config)
    assert rows.tolist() == [row for row, _ in expected]
    np.testing.assert_allclose(found, [score for _, score in expected], rtol=1e-9, atol=1e-12)
    np.testing.assert_array_equal(scores, before)
    return rows, found


@pytest.mark.parametrize('method', ['linear', 'gaussian'])
@pytest.mark.parametrize('config', [{}, {'score_threshold': None}, {'score_threshold': 0.2, 'sigma': 0.1}])
@pytest.mark.parametrize('sign', [1, -1])
def test_equals_the_paper_written_as_a_loop(method, config, sign):
    rng = np.random.default_rng(3)
    start = rng.uniform(0, 30, 80)
    segments = np.stack([start, start + rng.uniform(0, 12, 80)], axis=1)
    check(segments, sign * rng.random(80), method, **config)
    check(np.round(segments), rng.normal(size=80), method, **config)


@examples(60)
@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 6), st.integers(-1, 2)), max_size=14),
    st.sampled_from(['linear', 'gaussian']),
    st.sampled_from([0.0, 0.5, 1.0]),
)
def test_equals_the_loop_on_any_small_input(rows, method, threshold):
    segments = [(b, b + length) for b, length, _ in rows]
    check(segments, [s for *_, s in rows], method, iou_threshold=threshold, score_threshold=None)


def test_ties_are_taken_in_order():
    rows, _ = check([(20, 30), (0, 10), (40, 50)], [1, 1, 1], 'gaussian')
    assert rows.tolist() == [0, 1, 2]


def test_factors_are_those_of_the_paper():
    segments, scores = [(0, 4), (0, 2), (3, 4)], [1.0, 0.8, 0.6]  # IoU 1/2 and 1/4
    _, linear = check(segments, scores, 'linear')
    assert linear.tolist() == [1.0, 0.6, 0.4]  # 1/4 is below N_t
    _, gaussian = check(segments, scores, 'gaussian')
    np.testing.assert_allclose(gaussian, [1.0, 0.6 * math.exp(-0.125), 0.8 * math.exp(-0.5)])


def test_an_overlap_equal_to_the_threshold_counts():
    assert check([(0, 2), (0, 1)], [1, 0.5], 'linear', iou_threshold=0.5)[1].tolist() == [1.0, 0.25]


@pytest.mark.parametrize('threshold', [0.001, 0.3])
def test_the_linear_method_drops_copies(threshold):
    nms = SoftNMS('linear', score_threshold=threshold)
    assert nms.drops_duplicates
    rng = np.random.default_rng(5)
    start = rng.integers(0, 9, 40)
    segments = np.stack([start, start + rng.integers(1, 6, 40)], axis=1)
    scores = np.round(rng.random(40), 1) + 0.1 * (segments[:, 0] % 2)
    rows = np.concatenate([segments, scores[:, None]], axis=1)
    first = np.sort(np.unique(rows, axis=0, return_index=True)[1])
    kept, new_scores = nms(segments, scores)
    few, few_scores = nms(segments[first], scores[first])
    assert kept.tolist() == first[few].tolist()
    np.testing.assert_array_equal(new_scores, few_scores)
    assert kept.size > 2


def test_copies_count_elsewhere():
    assert not SoftNMS('linear', score_threshold=None).drops_duplicates
    assert not SoftNMS('linear', score_threshold=-1.0).drops_duplicates
    assert not SoftNMS('gaussian').drops_duplicates
    assert len(SoftNMS('gaussian')(np.array([[0, 1], [0, 1]]), np.ones(2))[0]) == 2


def test_a_negative_score_is_lowered_too():
    _, scores = check([(0, 2), (0, 2)], [1.0, -0.5], 'linear', score_threshold=None)
    assert scores.tolist() == [1.0, -1.0]


def test_each_segment_is_taken_once_however_low_it_falls():
    rows, _ = SoftNMS('linear', score_threshold=None)(np.tile([0.0, 1.0], (1100, 1)), np.full(1100, -1.0))
    assert sorted(rows.tolist()) == list(range(1100))


def test_nothing_in_nothing_out():
    rows, scores = SoftNMS()(np.empty((0, 2)), np.empty(0))
    assert (rows.shape, scores.shape) == ((0,), (0,))


def test_ten_thousand_segments():
    rng = np.random.default_rng(0)
    start = rng.uniform(0, 5000.0, 10_000)
    begin = time.perf_counter()
    SoftNMS(score_threshold=None)(np.stack([start, start + rng.uniform(1, 9, 10_000)], axis=1), rng.random(10_000))
    assert time.perf_counter() - begin < 20, 'generous: less than a second on an idle core'


@pytest.mark.parametrize(
    ('config', 'names'),
    [({'method': 'hard'}, "method='hard'"), ({'sigma': 0}, 'sigma=0'), ({'iou_threshold': 1.1}, 'iou_threshold=1.1')],
)
def test_bad_values_are_refused(config, names):
    with pytest.raises(InputError, match=names):
        SoftNMS(**config)
