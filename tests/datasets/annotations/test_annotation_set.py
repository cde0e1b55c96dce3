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
