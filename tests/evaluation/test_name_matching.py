"""Names as other systems write them."""

from __future__ import annotations

import pytest

from mmacl.evaluation.name_matching import match_labels, match_videos
from mmacl.utils import InputError

CLASSES = ('CliffDiving', 'Diving', 'Long jump')


def test_videos_match_by_whole_name_or_with_the_prefix():
    assert match_videos(['v_a', 'b', 'other'], ['a', 'v_b', 'v_'], 'f').tolist() == [0, 1, -1]
    assert match_videos(['v_a', 'a'], ['a', 'v_a'], 'f').tolist() == [1, 0]
    assert match_videos([], ['a'], 'f').tolist() == []


def test_part_of_a_name_is_another_video():
    names = ['video_test_0000270']
    with pytest.raises(InputError, match=r"none of its 1 videos \('video_test_0000270', ...\) is to be scored"):
        match_videos(names, ['video_validation_0000270'], 'f')


def test_two_names_of_one_video_are_refused():
    with pytest.raises(InputError, match="f: 'v_a' and 'a' are the same video"):
        match_videos(['v_a', 'a'], ['a'], 'f')


@pytest.mark.parametrize('label', ['Long jump', 'long_jump', 'LongJump', 2, '2'])
def test_labels_by_name_or_id(label):
    assert match_labels([label], CLASSES, 0, 'f').tolist() == [2]


def test_ids_may_start_at_one():
    assert match_labels([1, '3'], CLASSES, 1, 'f').tolist() == [0, 2]


def test_a_class_whose_name_is_a_number_goes_before_an_id():
    assert match_labels(['1', 1], ('1', '0'), 0, 'f').tolist() == [0, 0]


@pytest.mark.parametrize('label', ['Divin', 3, '-1', -1, True, '²', 'x' * 5000])
def test_labels_that_are_none_are_refused_in_one_line(label):
    with pytest.raises(InputError, match=r'is neither one of the 3 classes .* nor an id from 0 to 2') as caught:
        match_labels([label], CLASSES, 0, 'f')
    assert len(str(caught.value)) < 300
