"""The table that is scored."""

from __future__ import annotations

import numpy as np
import pytest

from mmacl.evaluation.functional import SegmentTable
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
