"""Names as other systems write them."""

from __future__ import annotations

import unicodedata

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
    with pytest.raises(
        InputError, match=r"^f: has none of the 1 videos to score .*, but 1 others .'video_test_0000270'"
    ):
        match_videos(names, ['video_validation_0000270'], 'f')


def test_two_names_of_one_video_are_refused():
    with pytest.raises(InputError, match="f: 'v_a' and 'a' are the same video"):
        match_videos(['v_a', 'a'], ['a'], 'f')


def test_videos_match_in_another_unicode_form():
    composed, decomposed = 'caf\u00e9', 'cafe\u0301'
    assert match_videos([decomposed, f'v_{composed}x'], [composed, f'{decomposed}x'], 'f').tolist() == [0, 1]
    # Two files may be called so at once; each then has its exact name.
    assert match_videos([decomposed, composed], [composed, decomposed], 'f').tolist() == [1, 0]


@pytest.mark.parametrize(
    ('label', 'by_id'), [('Long jump', False), ('long_jump', False), ('LongJump', False), (2, True), ('2', True)]
)
def test_labels_by_name_or_id(label, by_id):
    numbers, ids = match_labels([label], CLASSES, 0, 'f')
    assert (numbers.tolist(), ids.tolist()) == ([2], [by_id])


def test_ids_may_start_at_one():
    assert match_labels([1, '3'], CLASSES, 1, 'f')[0].tolist() == [0, 2]


def test_a_class_whose_name_is_a_number_goes_before_an_id():
    numbers, ids = match_labels(['1', 1], ('1', '0'), 0, 'f')
    assert (numbers.tolist(), ids.tolist()) == ([0, 0], [False, False])


@pytest.mark.parametrize(
    'classes',
    [
        ('C', 'C++', 'C#', 'c'),
        ('Jump', 'jump', 'JUMP'),
        ('跳', '跳跃', '跑'),
        ('\u00e9t\u00e9', 'ete', 'E.T.E.'),
        ('कि', 'का', 'क'),
        ('long jump', 'long_jump', 'longjump'),
        ('ﬁne', 'fine'),
        ('straße', 'strasse'),
    ],
)
def test_classes_that_look_alike_stay_apart(classes):
    for form in ('NFC', 'NFD'):
        labels = [unicodedata.normalize(form, name) for name in classes]
        assert match_labels(labels, classes, 0, 'f')[0].tolist() == list(range(len(classes)))


@pytest.mark.parametrize(
    ('label', 'classes', 'named'),
    [
        ('C.', ('C', 'C#', 'C++'), r"label 'C.' may mean 2 classes \('C', 'C#'\)"),
        ('jUMP', ('Jump', 'jump'), r"may mean 2 classes \('Jump', 'jump'\)"),
    ],
)
def test_a_label_like_several_classes_is_refused(label, classes, named):
    with pytest.raises(InputError, match=f'^f: .*{named}; write the name as the annotations do'):
        match_labels([label], classes, 0, 'f')


@pytest.mark.parametrize('label', ['Divin', 3, '-1', -1, True, '²', 'x' * 5000, '9' * 5000, 'Di+ving', '--'])
def test_labels_that_are_none_are_refused_in_one_line(label):
    with pytest.raises(InputError, match=r'is neither one of the 3 classes .* nor an id from 0 to 2') as caught:
        match_labels([label], CLASSES, 0, 'f')
    assert len(str(caught.value)) < 300
