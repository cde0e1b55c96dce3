"""Weak supervision."""

from __future__ import annotations

import numpy as np
import pytest

from mmacl.clustering import AnnotatedLabels
from mmacl.registry import CLUSTERERS
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
