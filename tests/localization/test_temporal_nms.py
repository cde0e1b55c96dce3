import time
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmacl.localization import TemporalNMS
from mmacl.structures import temporal_iou
from mmacl.utils import InputError
from tests.examples import examples


def reference(segments, scores, threshold):
    """Take the best, drop what overlaps it, repeat; ties by position."""
    left = sorted(range(len(segments)), key=lambda i: (-scores[i], i))
    kept = []
    while left:
        best, *left = left
        kept.append(best)
        left = [i for i in left if not temporal_iou(segments[best], segments[i])[0, 0] > threshold]
    return kept


def nms(segments, scores, threshold=0.5):
    rows, kept_scores = TemporalNMS(threshold)(np.asarray(segments, dtype=float), np.asarray(scores, dtype=float))
    np.testing.assert_array_equal(kept_scores, np.asarray(scores, dtype=float)[rows])
    return rows.tolist()


@pytest.mark.parametrize('threshold', [0.0, 0.1, 0.3, 0.5, 0.65, 0.9, 1.0])
@pytest.mark.parametrize('whole', [True, False])
def test_equals_taking_the_best_again_and_again(threshold, whole):
    rng = np.random.default_rng(3)
    start = rng.uniform(0, 60, 200)
    segments = np.stack([start, start + rng.uniform(0, 25, 200)], axis=1)
    if whole:
        segments = np.round(segments)  # many ties, copies and zero lengths
    scores = np.round(rng.random(200), 1)
    assert nms(segments, scores, threshold) == reference(segments, scores, threshold)


@examples(80)
@given(
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 8), st.integers(0, 3)), max_size=25),
    st.sampled_from([0.0, 0.25, 0.5, 1.0]),
)
def test_equals_the_loop_on_any_small_input(rows, threshold):
    segments = np.array([(b, b + length) for b, length, _ in rows], dtype=float).reshape(-1, 2)
    scores = np.array([s for *_, s in rows], dtype=float)
    assert nms(segments, scores, threshold) == reference(segments, scores, threshold)


def test_nothing_in_nothing_out():
    assert nms(np.empty((0, 2)), np.empty(0)) == []


def test_one_in_one_out():
    assert nms([(2, 5)], [0.3]) == [0]


def test_the_last_survivor_is_kept():
    assert nms([(0, 10), (20, 30), (40, 50)], [0.9, 0.8, 0.7]) == [0, 1, 2]
    assert nms([(0, 10), (1, 10), (40, 50)], [0.9, 0.8, 0.7]) == [0, 2]


def test_lengths_are_ends_minus_starts():
    """With lengths + 1, as for pixels, these two would overlap by 0.6 and the second would go."""
    assert nms([(0.0, 2.0), (1.0, 3.0)], [2, 1], threshold=0.5) == [0, 1]


def test_an_overlap_equal_to_the_threshold_stays():
    assert nms([(0, 2), (0, 1)], [2, 1], threshold=0.5) == [0, 1]
    assert nms([(0, 2), (0, 1.01)], [2, 1], threshold=0.5) == [0]


def test_ties_are_taken_in_order():
    segments = [(0, 10), (1, 11), (2, 12)] * 20
    assert nms(segments, np.ones(60), 0.5) == [0]
    assert nms(segments[1:], np.ones(59), 0.5) == [0]


def test_a_suppressed_segment_suppresses_nothing():
    assert nms([(0, 10), (4, 14), (8, 18)], [3, 2, 1], threshold=0.4) == [0, 2]


def test_scale_and_shift_change_nothing():
    rng = np.random.default_rng(5)
    start = rng.integers(0, 50, 80)
    segments = np.stack([start, start + rng.integers(1, 20, 80)], axis=1)
    scores = rng.random(80)
    assert nms(segments * 0.25 + 1024, scores) == nms(segments, scores)


@pytest.mark.parametrize('overlapping', [True, False])
def test_twenty_thousand_segments(overlapping):
    rng = np.random.default_rng(0)
    start = rng.uniform(0, 1000.0, 20_000) if overlapping else np.arange(20_000) * 10.0
    segments = np.stack([start, start + rng.uniform(1, 9, 20_000)], axis=1)
    scores = rng.random(20_000)
    tracemalloc.start()
    begin = time.perf_counter()
    rows = nms(segments, scores)
    seconds = time.perf_counter() - begin
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(rows) == 20_000 or overlapping
    assert peak < 30e6, 'one byte a pair would take 400 MB'
    assert seconds < 20, 'generous: about a second on an idle core, traced'


@pytest.mark.parametrize('threshold', [-0.1, 1.1])
def test_bad_threshold_is_refused(threshold):
    with pytest.raises(InputError, match=f'iou_threshold={threshold}'):
        TemporalNMS(threshold)


def test_copies_survive_only_where_nothing_is_above_the_threshold():
    assert TemporalNMS(0.5).drops_duplicates
    assert not TemporalNMS(1.0).drops_duplicates
    assert nms([(0, 1), (0, 1)], [1, 1], 1.0) == [0, 1]


@examples(60)
@given(
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 8), st.integers(0, 3), st.integers(0, 14)), max_size=120),
    st.sampled_from([0.0, 0.25, 0.5, 1.0]),
)
def test_groups_together_equal_group_by_group(rows, threshold):
    segments = np.array([(b, b + length) for b, length, *_ in rows], dtype=float).reshape(-1, 2)
    scores = np.array([row[2] for row in rows], dtype=float)
    groups = np.array([row[3] for row in rows], dtype=np.int64)
    expected = []
    for group in np.unique(groups):
        own = np.flatnonzero(groups == group)
        expected += own[reference(segments[own], scores[own], threshold)].tolist()
    kept, kept_scores = TemporalNMS(threshold).suppress_groups(segments, scores, groups)
    assert kept.tolist() == expected
    np.testing.assert_array_equal(kept_scores, scores[kept])
