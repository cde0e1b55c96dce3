"""The table of labels by name."""

from __future__ import annotations

import json

import numpy as np
import pytest

from mmacl.structures import PseudoLabels
from mmacl.utils import InputError


@pytest.fixture
def table():
    """Three videos, three clusters, of which the last is empty; one video is in two."""
    return PseudoLabels(('a', 'b', 'c'), np.array([[True, False, False], [True, True, False], [False, True, False]]))


def test_assignments_are_one_hot_rows():
    labels = PseudoLabels.from_assignments(('a', 'b'), np.array([2, 0]), 4)
    assert labels.memberships.tolist() == [[False, False, True, False], [True, False, False, False]]
    assert labels.num_clusters == 4


def test_rows_in_another_order_and_a_selection_of_them(table):
    assert table.aligned_to(('c', 'a')).tolist() == [[False, True, False], [True, False, False]]
    assert table.aligned_to(()).shape == (0, 3)


def test_names_are_matched_whole(table):
    with pytest.raises(InputError, match=r"video 'aa': no label \(1 of 2 videos have none\)"):
        table.aligned_to(('a', 'aa'))


def test_state_survives_json(table):
    back = PseudoLabels.from_state_dict(json.loads(json.dumps(table.state_dict())))
    assert back.video_names == table.video_names
    np.testing.assert_array_equal(back.memberships, table.memberships)
    assert table.state_dict() == {'num_clusters': 3, 'labels': {'a': [0], 'b': [0, 1], 'c': [1]}}


def test_only_takes_the_labels_of_others_away(table, tmp_path):
    first = table.video_names[0]
    only = table.only([first])
    assert only.video_names == table.video_names
    np.testing.assert_array_equal(only.memberships[0], table.memberships[0])
    assert not only.memberships[1:].any()
    assert table.only(None) is table
    table.save(tmp_path / 'table.json', [first])
    assert json.loads((tmp_path / 'table.json').read_text())['selected'] == [first]
    np.testing.assert_array_equal(PseudoLabels.load(tmp_path / 'table.json').memberships, table.memberships)


def test_files_come_back_and_may_be_written_by_hand(table, tmp_path):
    table.save(tmp_path / 'new folder' / 'labels.json')
    np.testing.assert_array_equal(
        PseudoLabels.load(tmp_path / 'new folder' / 'labels.json').memberships, table.memberships
    )
    (tmp_path / 'hand.json').write_text('{"num_clusters": 2, "labels": {"a": 1, "b": [0, 1]}}')
    assert PseudoLabels.load(tmp_path / 'hand.json').memberships.tolist() == [[False, True], [True, True]]


@pytest.mark.parametrize(
    ('text', 'message'),
    [
        ('{', 'not JSON'),
        ('[]', 'not a table of labels'),
        ('{"labels": {}}', 'not a table of labels'),
        ('{"num_clusters": "two", "labels": {}}', 'not a table of labels'),
        ('{"num_clusters": 2, "labels": {"a": ["x"]}}', 'not a table of labels'),
        ('{"num_clusters": 2, "labels": ["a"]}', 'not a table of labels'),
        ('{"num_clusters": 2, "labels": {"a": 2}}', r"video 'a': cluster 2 is not in \[0, 2\)"),
        ('{"num_clusters": 2, "labels": {"a": [-1]}}', 'cluster -1 is not in'),
    ],
)
def test_files_that_hold_no_table_are_refused_by_name(text, message, tmp_path):
    path = tmp_path / 'labels.json'
    path.write_text(text)
    with pytest.raises(InputError, match=message) as error:
        PseudoLabels.load(path)
    assert str(error.value).startswith(str(path))


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(InputError, match=r'nothing\.json: cannot be read \(No such file'):
        PseudoLabels.load(tmp_path / 'nothing.json')
