"""Segments as one class."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mmacl.evaluation.functional import SegmentTable, mean_average_precision, without_classes

ROWS = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(0, 2), st.integers(0, 3)), max_size=15)


@given(ROWS)
def test_equals_the_loops(rows):
    table = SegmentTable(
        np.array([r[0] for r in rows]),
        np.array([(r[1], r[1] + 5) for r in rows], dtype=float).reshape(-1, 2),
        np.array([r[2] for r in rows]),
        np.array([r[3] for r in rows], dtype=float),
    )
    kept = []
    for i, row in enumerate(rows):
        rivals = [(j, other) for j, other in enumerate(rows) if other[:2] == row[:2]]
        best = max(other[3] for _, other in rivals)
        if i == next(j for j, other in rivals if other[3] == best):
            kept.append(i)
    got = without_classes(table)
    assert got.segments.tolist() == table.segments[kept].tolist()
    assert got.scores.tolist() == table.scores[kept].tolist()
    assert got.videos.tolist() == table.videos[kept].tolist()
    assert not got.labels.any()


def test_a_moment_with_two_names_is_found_once_whatever_it_is_called():
    truth = SegmentTable(np.array([0, 0, 1]), np.array([[0, 10], [0, 10], [5, 9.0]]), np.array([0, 1, 2]))
    found = SegmentTable(np.array([0, 1]), np.array([[0, 10], [5, 9.0]]), np.array([2, 0]), np.array([0.9, 0.8]))
    assert len(without_classes(truth)) == 2
    assert mean_average_precision(truth, found, (0.5,)).tolist() == [0.0]
    assert mean_average_precision(without_classes(truth), without_classes(found), (0.5,)).tolist() == [1.0]
