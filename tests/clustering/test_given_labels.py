"""Labels from annotations and from a table."""

from __future__ import annotations

import json

import numpy as np
import pytest

from mmacl.clustering import AnnotatedLabels, PrecomputedLabels
from mmacl.registry import CLUSTERERS
from mmacl.structures import PseudoLabels
from mmacl.utils import InputError


def test_the_actions_of_a_video_are_its_clusters():
    clusterer = CLUSTERERS.build(dict(type='AnnotatedLabels'))
    assert isinstance(clusterer, AnnotatedLabels)
    assert clusterer.uses_annotations
    assert not clusterer.uses_representations
    counts = np.array([[3, 0, 1], [0, 0, 0], [0, 2, 0]])
    labels = clusterer(('a', 'b', 'c'), 3, 0, action_counts=counts)
    assert labels.video_names == ('a', 'b', 'c')
    assert labels.memberships.tolist() == [[True, False, True], [False] * 3, [False, True, False]]


def test_action_zero_alone_is_a_label():
    assert AnnotatedLabels()(('a',), 2, 0, action_counts=np.array([[1, 0]])).memberships.sum() == 1


@pytest.mark.parametrize(
    ('counts', 'message'),
    [
        (None, 'weak supervision needs annotations'),
        (np.ones((2, 5), dtype=int), 'model.num_clusters is 3, but the annotations have 5 actions'),
        (np.zeros((2, 3), dtype=int), 'none of the 2 training videos has an annotated action'),
    ],
)
def test_annotations_that_are_none_are_refused(counts, message):
    with pytest.raises(InputError, match=message):
        AnnotatedLabels()(('a', 'b'), 3, 0, action_counts=counts)


@pytest.fixture
def path(tmp_path):
    file = tmp_path / 'labels.json'
    file.write_text(json.dumps({'num_clusters': 3, 'labels': {'a': 0, 'b': [2], 'c': [0, 1], 'd': []}}))
    return str(file)


def test_rows_are_found_by_name(path):
    clusterer = CLUSTERERS.build(dict(type='PrecomputedLabels', path=path))
    assert isinstance(clusterer, PrecomputedLabels)
    assert not clusterer.uses_representations
    assert not clusterer.uses_annotations
    labels = clusterer(('c', 'a', 'd'), 3, 0)
    assert labels.video_names == ('c', 'a', 'd')
    assert labels.memberships.tolist() == [[True, True, False], [True, False, False], [False] * 3]


def test_a_table_whose_only_cluster_is_number_zero_is_not_empty(path):
    assert PrecomputedLabels(path)(('a',), 3, 0).memberships.sum() == 1


def test_what_a_run_saved_comes_back(tmp_path):
    saved = PseudoLabels.from_assignments(('a', 'b'), np.array([1, 0]), 2)
    saved.save(tmp_path / 'round_1.json')
    got = PrecomputedLabels(str(tmp_path / 'round_1.json'))(('b', 'a'), 2, 0)
    assert got.memberships.tolist() == [[True, False], [False, True]]


@pytest.mark.parametrize(
    ('names', 'num_clusters', 'message'),
    [
        (('a', 'x'), 3, r"video 'x': no label \(1 of 2 videos have none\)"),
        (('a',), 4, 'the table has 3 clusters, but model.num_clusters is 4; set model.num_clusters=3'),
        (('d',), 3, 'no training video has a cluster'),
    ],
)
def test_a_table_that_does_not_fit_is_refused_by_name(path, names, num_clusters, message):
    with pytest.raises(InputError, match=message) as error:
        PrecomputedLabels(path)(names, num_clusters, 0)
    assert str(error.value).startswith(path)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(InputError, match=r'nothing\.json: cannot be read'):
        PrecomputedLabels(str(tmp_path / 'nothing.json'))(('a',), 1, 0)
