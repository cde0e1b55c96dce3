import dataclasses

import numpy as np
import pytest

from mmacl.datasets import AnnotationSet, VideoRecord
from mmacl.utils import InputError

SET = AnnotationSet([VideoRecord('c', 'train'), VideoRecord('a', 'test'), VideoRecord('b', 'train'), VideoRecord('d')])


def names(records):
    return [record.video_name for record in records]


def test_selects_in_the_order_of_the_file():
    assert names(SET.select(['train'], (), 'f')) == ['c', 'b']
    assert names(SET.select(['test', 'train'], (), 'f')) == ['c', 'a', 'b']
    assert names(SET.select(None, ['a'], 'f')) == ['c', 'b', 'd']


def test_names_the_subsets_that_exist():
    with pytest.raises(
        InputError, match=r"f\.json: no video in subset 'val'; .* '' \(1 .*'test' \(1 .*'train' \(2 videos\)"
    ):
        SET.select(['train', 'val'], (), 'f.json')


def test_refuses_to_leave_nothing():
    with pytest.raises(InputError, match="no video is left in subset 'test'"):
        SET.select(['test'], ['a'], 'f')
    with pytest.raises(InputError, match='no video is left;'):
        AnnotationSet([]).select(None, (), 'f')


def test_an_excluded_name_that_is_not_there_only_warns():
    assert len(SET.select(None, ['zzz'], 'f')) == 4


def test_a_bare_name_has_no_instances_and_cannot_be_changed():
    record = VideoRecord('v')
    assert record.segments.shape == record.ambiguous.shape == (0, 2)
    assert record.duration is None
    with pytest.raises(dataclasses.FrozenInstanceError):
        record.subset = 'test'


def test_differences_are_found():
    def a_set(classes=('x',), **changes):
        facts = dict(video_name='a', subset='s', duration=1.0, segments=np.zeros((1, 2)), labels=('x',)) | changes
        return AnnotationSet([VideoRecord(**facts)], classes)

    assert a_set().first_difference(a_set()) is None
    assert a_set().first_difference(a_set(classes=None)) == 'the list of classes'
    assert a_set().first_difference(a_set(video_name='b')) == 'the list of videos'
    for change in (
        dict(subset='t'),
        dict(duration=None),
        dict(duration=np.nextafter(1.0, 2.0)),
        dict(labels=('y',)),
        dict(segments=np.full((1, 2), 1e-300)),
        dict(ambiguous=np.zeros((1, 2))),
    ):
        assert a_set().first_difference(a_set(**change)) == "video 'a'"
