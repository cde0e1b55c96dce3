"""The table that is scored."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmacl.evaluation.functional import SegmentTable, mean_average_precision, whole_videos, without_classes
from mmacl.utils import InputError


def test_videos_are_stacked_in_order_and_numbered():
    videos = [
        {'segments': [[0, 1], [2, 3]], 'labels': [4, 5], 'scores': [0.1, 0.2]},
        {},
        {'segments': np.zeros((0, 2)), 'labels': [], 'scores': []},
        {'segments': [[6, 7]], 'labels': [8], 'scores': [0.3]},
    ]
    table = SegmentTable.from_videos(videos, scored=True)
    assert table.videos.tolist() == [0, 0, 3]
    assert table.segments.tolist() == [[0, 1], [2, 3], [6, 7]]
    assert table.labels.tolist() == [4, 5, 8]
    assert table.scores.tolist() == [0.1, 0.2, 0.3]
    assert SegmentTable.from_videos(videos, scored=False).scores is None


@pytest.mark.parametrize('videos', [[], [{}], [{'segments': [], 'labels': [], 'scores': []}]])
def test_nothing_is_a_table_too(videos):
    table = SegmentTable.from_videos(videos, scored=True)
    assert len(table) == 0
    assert table.segments.shape == (0, 2)
    assert table.labels.dtype == np.int64


def test_take_keeps_rows_together():
    table = SegmentTable([0, 1, 2], [[0, 1], [2, 3], [4, 5]], [6, 7, 8], [0.1, 0.2, 0.3]).take(np.array([2, 0]))
    assert (table.videos.tolist(), table.labels.tolist(), table.scores.tolist()) == ([2, 0], [8, 6], [0.3, 0.1])
    assert table.segments.tolist() == [[4, 5], [0, 1]]


@pytest.mark.parametrize(
    ('columns', 'message'),
    [
        (dict(segments=[[2.0, 1.0]]), r'segment \[2, 1\] \(row 0, video number 7\)'),
        (dict(segments=[[0.0, np.inf]]), r'segment \[0, inf\]'),
        (dict(segments=[[np.nan, 1.0]]), 'segment .nan, 1'),
        (dict(scores=[np.nan]), r'score nan \(row 0, video number 7\)'),
        (dict(segments=[[0.0, 1.0], [0.0, 1.0]]), r'segments of shape \(2, 2\)'),
        (dict(labels=[1, 2]), r'labels of shape \(2,\)'),
        (dict(scores=[0.5, 0.5]), r'scores of shape \(2,\)'),
    ],
)
def test_rows_that_cannot_be_scored_are_refused(columns, message):
    good = dict(videos=[7], segments=[[0.0, 1.0]], labels=[0], scores=[0.5])
    SegmentTable(**good)
    with pytest.raises(InputError, match=message) as error:
        SegmentTable(**{**good, **columns})
    assert '\n' not in str(error.value)


def test_segments_without_a_class():
    table = SegmentTable.unlabelled([[[0.0, 1.0]], [], np.array([[2.0, 3.0], [4.0, 5.0]])])
    assert table.videos.tolist() == [0, 2, 2]
    assert table.segments.tolist() == [[0, 1], [2, 3], [4, 5]]
    assert table.scores is None
    assert len(SegmentTable.unlabelled([])) == 0


ROWS = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(0, 2), st.integers(0, 3)), max_size=15)


def as_table(rows):
    """Rows are (video, start, label, score)."""
    return SegmentTable(
        np.array([r[0] for r in rows]),
        np.array([(r[1], r[1] + 5) for r in rows], dtype=float).reshape(-1, 2),
        np.array([r[2] for r in rows]),
        np.array([r[3] for r in rows], dtype=float),
    )


@given(ROWS)
def test_without_classes_equals_the_loops(rows):
    table = as_table(rows)
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


@given(ROWS)
def test_whole_videos_equals_the_loops(rows):
    durations = np.array([30.0, np.nan, 3.0])
    table, unknown = whole_videos(as_table(rows), durations)
    expected = []
    for video in range(3):
        end = max((start + 5 for v, start, *_ in rows if v == video), default=0)
        end = end if np.isnan(durations[video]) else durations[video]
        for label in range(3):
            scores = [score for v, _, c, score in rows if (v, c) == (video, label)]
            if scores:
                expected.append((video, 0, end, label, max(scores)))
    columns = (table.videos, *table.segments.T, table.labels, table.scores)
    assert list(zip(*(column.tolist() for column in columns), strict=True)) == expected
    assert unknown == any(row[0] == 1 for row in rows)


def test_the_baseline_depends_on_the_classes_found_and_not_on_their_times():
    truth = SegmentTable([0, 1], [[0.0, 9.0], [2.0, 4.0]], [0, 1])
    found = SegmentTable([0, 1, 1], [[8.0, 9.0], [0.0, 1.0], [2.0, 4.0]], [0, 0, 1], [0.9, 0.8, 0.7])
    whole, _ = whole_videos(found, np.array([10.0, 5.0]))
    assert mean_average_precision(truth, found, (0.5,)).tolist() == [0.5]
    assert mean_average_precision(truth, whole, (0.4, 0.5, 0.9)).tolist() == [1.0, 0.5, 0.5]
