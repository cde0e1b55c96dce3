"""Every protocol against its description written as plain loops, on thousands of small cases full of ties."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mmacl.evaluation.functional import PROTOCOLS, SegmentTable, average_precision, mean_average_precision
from tests.evaluation.functional.plain_protocols import PLAIN, plain_average_precision
from tests.examples import SHARE, examples

NUM_CLASSES = 3
THRESHOLDS = (0.1, 0.3, 0.5, 0.75, 1.0)


def in_hundredths(rows):
    """The same rows with times in whole hundredths of a second."""
    return [(row[0], *(round(100 * time) for time in row[1:3]), *row[3:]) for row in rows]


def as_table(rows, scored=False, labelled=True):
    segments = np.array([row[1:3] for row in rows], dtype=float).reshape(-1, 2)
    labels = [row[3] for row in rows] if labelled else np.zeros(len(rows))
    scores = np.array([row[4] for row in rows], dtype=float) if scored else None
    return SegmentTable([row[0] for row in rows], segments, labels, scores)


def assert_equal(protocol, truth, found, ambiguous, num_classes=NUM_CLASSES, hundredths=True):
    got = average_precision(
        as_table(truth),
        as_table(found, scored=True),
        THRESHOLDS,
        protocol,
        num_classes,
        as_table(ambiguous, labelled=False),
    )
    if hundredths:
        whole = [in_hundredths(rows) for rows in (truth, found, ambiguous)]
        expected = plain_average_precision(protocol, *whole, THRESHOLDS, num_classes, snippet=64)
    else:
        expected = plain_average_precision(protocol, truth, found, ambiguous, THRESHOLDS, num_classes)
    np.testing.assert_allclose(got, expected, rtol=0, atol=1e-12)
    return got


# Few values, so that scores, overlaps and whole rows are often equal; lengths of zero; half, whole and odd snippets.
# Ground truth in videos 0-2, detections also in 3, where there is none.
TIMES = st.sampled_from([0.0, 0.32, 0.64, 0.96, 1.0, 1.28, 1.6, 1.92, 2.0, 2.56, 3.2, 4.16, 5.0])
SPANS = st.tuples(TIMES, TIMES).map(sorted).map(tuple)
INSTANCES = st.tuples(st.integers(0, 2), SPANS, st.integers(0, NUM_CLASSES - 1)).map(lambda r: (r[0], *r[1], r[2]))
DETECTIONS = st.tuples(st.integers(0, 3), SPANS, st.integers(0, NUM_CLASSES - 1), st.sampled_from([0.1, 0.5, 0.9])).map(
    lambda r: (r[0], *r[1], r[2], r[3])
)

AMBIGUOUS = st.tuples(st.integers(0, 3), SPANS).map(lambda r: (r[0], *r[1]))


@pytest.mark.parametrize('protocol', sorted(PROTOCOLS))
@examples(200)
@given(
    truth=st.lists(INSTANCES, max_size=12),
    found=st.lists(DETECTIONS, max_size=20),
    ambiguous=st.lists(AMBIGUOUS, max_size=3),
)
@example(truth=[], found=[], ambiguous=[])
@example(truth=[(0, 1.0, 1.0, 0)], found=[(0, 1.0, 1.0, 0, 0.5)], ambiguous=[(0, 1.0, 1.0)])
@example(truth=[(0, 0.0, 2.0, 0)] * 3, found=[(0, 0.0, 2.0, 0, 0.5)] * 3, ambiguous=[])
def test_equals_its_description_in_plain_loops(protocol, truth, found, ambiguous):
    assert_equal(protocol, truth, found, ambiguous)


# Tenths of a second, where binary fractions are never exact: most overlaps are equal to others or to a threshold.
TENTHS = st.tuples(st.sampled_from([0, 1, 3, 969]), st.integers(0, 20), st.integers(0, 10)).map(
    lambda r: ((r[0] + r[1]) / 10, (r[0] + r[1] + r[2]) / 10)
)


@pytest.mark.parametrize('protocol', sorted(PROTOCOLS))
@examples(300)
@given(
    truth=st.lists(TENTHS.map(lambda span: (0, *span, 0)), min_size=1, max_size=6),
    found=st.lists(st.tuples(TENTHS, st.sampled_from([0.1, 0.2, 0.3])).map(lambda r: (0, *r[0], 0, r[1])), max_size=8),
    ambiguous=st.lists(TENTHS.map(lambda span: (0, *span)), max_size=2),
)
@example(truth=[(0, 96.9, 98.5, 0)], found=[(0, 96.9, 97.7, 0, 0.9)], ambiguous=[])
@example(truth=[(0, 0.1, 0.3, 0)], found=[(0, 0.1, 0.2, 0, 0.9)], ambiguous=[])
def test_decimal_times_are_exact(protocol, truth, found, ambiguous):
    assert_equal(protocol, truth, found, ambiguous)


@pytest.mark.parametrize('protocol', sorted(PROTOCOLS))
def test_equals_the_loops_on_many_small_cases(protocol):
    """Each case is a class with two videos of its own, so that one call scores all."""
    rng = np.random.default_rng(3000)
    number = 3000 // min(SHARE, 3)

    def rows(case, most):
        starts = rng.integers(0, 12, rng.integers(0, most + 1))
        starts, ends = 32 * starts / 100, 32 * (starts + rng.integers(0, 9, len(starts))) / 100
        videos = 2 * case + rng.integers(0, 2, len(starts))
        return list(zip(videos.tolist(), starts.tolist(), ends.tolist(), strict=True))

    cases = []
    for case in range(number):
        truth = [(*row, case) for row in rows(case, 4)]
        found = [(*row, case, round(float(rng.random()), 1)) for row in rows(case, 6)]
        cases.append((truth, found, rows(case, 1)))
    truth, found, ambiguous = ([row for case in cases for row in case[part]] for part in range(3))
    tables = as_table(truth), as_table(found, scored=True)
    got = average_precision(*tables, THRESHOLDS, protocol, number, as_table(ambiguous, labelled=False))
    for label, case in enumerate(cases):
        parts = [in_hundredths(part) for part in case]
        for row, threshold in enumerate(THRESHOLDS):
            expected = PLAIN[protocol](*parts, threshold, 64) if case[0] else np.nan
            np.testing.assert_allclose(got[row, label], expected, rtol=0, atol=1e-12, err_msg=str((case, threshold)))
    assert (got > 0).sum() > number // 6


@pytest.mark.parametrize('protocol', sorted(PROTOCOLS))
@pytest.mark.parametrize('seed', range(3))
def test_equals_the_loops_on_crowded_videos(protocol, seed):
    rng = np.random.default_rng(seed)
    starts = rng.uniform(0, 40, 40)
    truth = [(int(rng.integers(2)), s, s + rng.uniform(1, 9), int(rng.integers(2))) for s in starts]
    found = [
        (v, max(s + rng.normal(), 0.0), s + 5 + abs(rng.normal()), c, round(float(rng.random()), 2))
        for v, s, _, c in truth
        for _ in range(6)
    ]
    ambiguous = [(0, 3.0, 4.0), (1, 30.0, 33.0)]
    got = assert_equal(protocol, truth, found, ambiguous, num_classes=2, hundredths=False)
    assert 0 < got[0, 0] < 1


def test_every_protocol_has_its_loops():
    assert set(PLAIN) == set(PROTOCOLS)


@pytest.mark.parametrize('protocol', sorted(PROTOCOLS))
def test_a_class_that_nobody_detected_counts_with_zero_and_does_not_void_the_mean(protocol):
    truth = as_table([(0, 0.0, 6.4, 0), (0, 0.0, 6.4, 1)])
    found = as_table([(0, 0.0, 6.4, 0, 0.9)], scored=True)
    assert mean_average_precision(truth, found, [0.5], protocol).tolist() == pytest.approx([0.5], abs=1e-12)


@pytest.mark.parametrize('protocol', sorted(PROTOCOLS))
def test_detections_in_videos_without_ground_truth_are_wrong(protocol):
    truth = as_table([(0, 0.0, 6.4, 0)])
    found = as_table([(7, 0.0, 6.4, 0, 0.9), (0, 0.0, 6.4, 0, 0.8)], scored=True)
    assert average_precision(truth, found, [0.5], protocol)[0, 0] == pytest.approx(0.5, abs=1e-12)


@pytest.mark.parametrize('protocol', sorted(PROTOCOLS))
def test_equal_scores_stay_in_the_order_of_rows(protocol):
    hit, miss = (0, 0.0, 6.4, 0, 0.5), (0, 64.0, 70.4, 0, 0.5)
    truth = as_table([(0, 0.0, 6.4, 0)])
    first = average_precision(truth, as_table([hit, *[miss] * 40], scored=True), [0.5], protocol)
    last = average_precision(truth, as_table([*[miss] * 40, hit], scored=True), [0.5], protocol)
    assert (first[0, 0], last[0, 0]) == (pytest.approx(1.0, abs=1e-12), pytest.approx(1 / 41))
