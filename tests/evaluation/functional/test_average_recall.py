"""AR@AN against its description in loops."""

from __future__ import annotations

from fractions import Fraction
from math import floor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmacl.evaluation.functional import PROPOSAL_THRESHOLDS, SegmentTable, average_recall
from mmacl.utils import InputError
from tests.examples import examples

SPAN = st.tuples(st.integers(0, 3), st.integers(0, 8), st.integers(0, 6))


def table(rows, scored):
    rows = np.array(rows, dtype=float).reshape(-1, 4)
    return SegmentTable(rows[:, 0], rows[:, 1:3], np.zeros(len(rows), dtype=int), rows[:, 3] if scored else None)


def tiou(a, b):
    overlap = max(0.0, min(a[1], b[1]) - max(a[0], b[0]))
    union = a[1] - a[0] + b[1] - b[0] - overlap
    return overlap / union if union > 0 else 0.0


def by_loops(truth, found, thresholds, most):
    videos = sorted({row[0] for row in truth})
    lists = {v: sorted((r for r in found if r[0] == v), key=lambda r: -r[3]) for v in videos}
    total = sum(len(rows) for rows in lists.values())
    if total:
        ratio = Fraction(most * len(videos), total)
        lists = {v: rows[: min(floor(len(rows) * ratio), len(rows))] for v, rows in lists.items()}
    total = sum(len(rows) for rows in lists.values())
    curve = []
    for threshold in thresholds:
        curve.append([])
        for budget in range(1, most + 1):
            hits = 0
            for row in truth:
                rows = lists[row[0]]
                left = min(floor(len(rows) * Fraction(budget * len(videos), total)), len(rows)) if total else 0
                hits += any(tiou(row[1:3], other[1:3]) >= threshold for other in rows[:left])
            curve[-1].append(hits / len(truth))
    return curve


@examples(300)
@given(
    st.lists(SPAN, min_size=1, max_size=8),
    st.lists(st.tuples(SPAN, st.integers(0, 3)), max_size=20),
    st.integers(1, 6),
)
def test_equals_the_loops(truth, found, most):
    truth = [(v, s, s + n, 0.0) for v, s, n in truth]
    found = [(v, s, s + n, score / 3) for (v, s, n), score in found]
    thresholds = (0.3, 0.5, 1.0)
    got = average_recall(table(truth, False), table(found, True), thresholds, most)
    assert got.recalls.tolist() == by_loops(truth, found, thresholds, most)


def test_a_budget_is_the_same_share_of_every_list():
    # One video has three proposals, the right one last; the other has one, which is right: four, two a video.
    truth = [(0, 0, 10, 0), (1, 0, 10, 0)]
    found = [(0, 50, 60, 0.9), (0, 70, 80, 0.8), (0, 0, 10, 0.7), (1, 0, 10, 0.1)]
    curve = average_recall(table(truth, False), table(found, True), (0.5,), 2)
    assert curve.recalls.tolist() == [[0.0, 1.0]]
    assert curve.area == 0.25


def test_area_of_perfect_proposals_is_that_of_the_original():
    curve = average_recall(table([(0, 0, 10, 0)], False), table([(0, 0, 10, 1.0)] * 200, True))
    assert curve.recalls.shape == (10, 100)
    assert curve.at(1) == 1.0
    assert curve.area == pytest.approx(0.99)
    assert PROPOSAL_THRESHOLDS == (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)


@pytest.mark.parametrize(
    ('options', 'message'),
    [(dict(tiou_thresholds=(50,)), '50 is not in'), (dict(max_number=0), 'max_number 0 is below 1')],
)
def test_wrong_options_are_refused(options, message):
    with pytest.raises(InputError, match=message):
        average_recall(table([(0, 0, 1, 0)], False), table([], True), **options)


def test_what_cannot_be_measured_is_refused():
    with pytest.raises(InputError, match='no ground truth'):
        average_recall(table([], False), table([], True))
    with pytest.raises(InputError, match='without scores'):
        average_recall(table([(0, 0, 1, 0)], False), table([], False))
