"""Names of clusters, as a file and as a mapping."""

from __future__ import annotations

import json

import numpy as np
import pytest

from mmacl.structures import ActionNames, ClusterMapping, read_action_names, write_action_names
from mmacl.utils import InputError


def names(**content):
    return ActionNames.from_json({'version': 1, **content}, 'names.json')


def test_a_file_survives_reading_and_writing(tmp_path):
    written = names(
        names={'cluster_00': 'jump', 'cluster_4': 'spin "x" <b>'},
        merged={'cluster_03': 'cluster_00'},
        not_actions=['cluster_05'],
    )
    write_action_names(tmp_path / 'names.json', written, 20)
    assert read_action_names(tmp_path / 'names.json') == written
    content = json.loads((tmp_path / 'names.json').read_text())
    assert content == {
        'version': 1,
        'names': {'cluster_00': 'jump', 'cluster_04': 'spin "x" <b>'},
        'merged': {'cluster_03': 'cluster_00'},
        'not_actions': ['cluster_05'],
    }


def test_named_merged_and_dropped_clusters():
    given = names(
        names={'cluster_01': 'jump', 'cluster_02': 'unused', 'cluster_04': 'jump'},
        merged={'cluster_02': 'cluster_01', 'cluster_03': 'cluster_02', 'cluster_06': 'cluster_05'},
        not_actions=['cluster_05'],
    )
    mapping = given.apply(ClusterMapping.anonymous(7))
    assert mapping.class_names == ('cluster_00', 'jump')
    expected = np.zeros((7, 2))
    expected[0, 0] = 1
    expected[[1, 2, 3, 4], 1] = 1
    np.testing.assert_array_equal(mapping.weights, expected)
    found = [given.name_of(cluster, 7) for cluster in range(7)]
    assert found == ['cluster_00', 'jump', 'jump', 'jump', 'jump', None, None]


def test_clusters_without_a_name_keep_their_actions():
    known = ClusterMapping(np.array([[1.0, 0.5], [0.0, 1.0], [0.0, 0.0]]), ('run', 'dive'))
    mapping = names(names={'cluster_01': 'run'}).apply(known)
    assert mapping.class_names == ('run', 'dive')
    np.testing.assert_array_equal(mapping.weights, [[1, 0.5], [1, 0], [0, 0]])


def test_every_cluster_may_be_no_action():
    mapping = names(not_actions=['cluster_00', 'cluster_01']).apply(ClusterMapping.anonymous(2))
    assert mapping.class_names == ()
    assert mapping.weights.shape == (2, 0)


def test_segments_get_names():
    given = names(names={'cluster_01': 'jump'}, merged={'cluster_02': 'cluster_01'}, not_actions=['cluster_03'])
    rows = [{'label': f'cluster_{c:02d}', 'cluster': c, 'score': c / 10} for c in range(4)]
    rows.append({'label': 'dive'})
    assert given.relabel(rows) == [
        rows[0],
        {'label': 'jump', 'cluster': 1, 'score': 0.1},
        {'label': 'jump', 'cluster': 2, 'score': 0.2},
        {'label': 'dive'},
    ]


@pytest.mark.parametrize(
    ('content', 'what'),
    [
        ([], 'no JSON object'),
        ({}, 'version=None'),
        ({'version': True}, 'version=True'),
        ({'version': 2}, 'version=2'),
        ({'version': 1, 'name': {}}, "'name' is not known"),
        ({'version': 1, 'names': []}, 'names is no object'),
        ({'version': 1, 'names': {'jump': 'jump'}}, "'jump' is no cluster"),
        ({'version': 1, 'names': {'cluster_٣': 'jump'}}, 'is no cluster'),
        ({'version': 1, 'names': {'cluster_00': ' '}}, 'cluster_00 has the name'),
        ({'version': 1, 'names': {'cluster_00': 7}}, 'cluster_00 has the name 7'),
        ({'version': 1, 'names': {'cluster_00': 'a\x00b'}}, 'cluster_00 has the name'),
        ({'version': 1, 'names': {'cluster_0': 'a', 'cluster_00': 'b'}}, 'are one cluster'),
        ({'version': 1, 'merged': {'cluster_00': 'cluster_00'}}, 'circle'),
        ({'version': 1, 'merged': {'cluster_00': 'cluster_01', 'cluster_01': 'cluster_00'}}, 'circle'),
        ({'version': 1, 'merged': {'cluster_00': 1}}, '1 is no cluster'),
        ({'version': 1, 'not_actions': 'cluster_00'}, 'not_actions is no list'),
        (
            {'version': 1, 'merged': {'cluster_01': 'cluster_00'}, 'not_actions': ['cluster_01']},
            'merged and no action',
        ),
    ],
)
def test_another_form_is_refused_in_one_line(content, what, tmp_path):
    path = tmp_path / 'names.json'
    path.write_text(json.dumps(content))
    with pytest.raises(InputError) as caught:
        read_action_names(path)
    assert what in caught.value.what
    assert caught.value.file == str(path)
    assert '\n' not in str(caught.value)


def test_names_of_another_model_are_refused():
    with pytest.raises(InputError, match='names cluster_12, and the model has 3 clusters'):
        names(names={'cluster_12': 'jump'}).apply(ClusterMapping.anonymous(3), 'names.json')
