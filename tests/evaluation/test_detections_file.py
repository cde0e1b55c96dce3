"""Result files as this and other systems write them."""

from __future__ import annotations

import json

import pytest

from mmacl.evaluation import read_detections
from mmacl.utils import InputError

CLASSES = ('dive', 'jump')


@pytest.fixture
def write(tmp_path):
    def write(content):
        path = tmp_path / 'r.json'
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return path

    return write


def detection(label='dive', score=0.5, segment=(0, 1)):
    return {'label': label, 'score': score, 'segment': list(segment)}


VIDEOS = {'v_b': [detection(1, '0.25', ('1.5', 2))], 'c': [], 'a': [detection(), detection('jump', 1, (3, 4))]}


@pytest.mark.parametrize('content', [VIDEOS, {'results': VIDEOS}, {'version': 'x', 'results': VIDEOS}])
def test_reads_the_usual_variants_alike(write, content):
    found = read_detections(write(content))
    assert found.video_names == ('v_b', 'c', 'a')
    table = found.bind(['a', 'b'], CLASSES)
    assert table.videos.tolist() == [0, 0, 1]
    assert table.labels.tolist() == [0, 1, 1]
    assert table.segments.tolist() == [[0, 1], [3, 4], [1.5, 2]]
    assert table.scores.tolist() == [0.5, 1.0, 0.25]


def test_videos_that_are_not_scored_are_left_out(write):
    table = read_detections(write(VIDEOS)).bind(['b'], CLASSES)
    assert table.videos.tolist() == [0]
    assert table.labels.tolist() == [1]


def test_labels_of_videos_that_are_not_scored_do_not_matter(write):
    path = write({'a': [detection()], 'train': [detection('no class of ours')]})
    assert len(read_detections(path).bind(['a'], CLASSES)) == 1


def test_the_file_may_say_how_it_was_made(write):
    content = {'results': VIDEOS, 'external_data': {'simulated': True}}
    assert read_detections(write(content)).external == {'simulated': True}
    assert read_detections(write({'results': VIDEOS, 'external_data': 'words'})).external == {}


def test_detections_without_length_are_read_and_counted(write):
    rows = [detection(segment=(5, 5)), detection(segment=(7, 5)), detection(segment=(1, 2))]
    for content in ({'a': rows, 'b': rows[:1]}, {'a': [*rows[:2], detection(segment=('1', 2))], 'b': rows[:1]}):
        found = read_detections(write(content)).match(['a'], CLASSES)
        assert found.table.segments.tolist() == [[5, 5], [7, 7], [1, 2]]
        assert (found.num_empty, found.num_reversed, found.num_left_out) == (2, 1, 1)


def test_labels_that_are_ids_are_counted(write):
    found = read_detections(write({'a': [detection(0), detection('1'), detection()], 'b': [detection(0)]}))
    matched = found.match(['a'], CLASSES)
    assert matched.num_by_id == 2
    assert matched.table.labels.tolist() == [0, 1, 0]
    assert found.labels == [0, '1', 'dive', 0]


def test_a_file_without_detections(write):
    assert len(read_detections(write({'results': {}})).bind(['a'], CLASSES)) == 0


@pytest.mark.parametrize(
    ('content', 'message'),
    [
        ('3', 'no object "results"'),
        ({'database': {}}, 'holds annotations, no detections'),
        ({'images': [], 'categories': [], 'annotations': []}, 'holds annotations, no detections'),
        ({'results': []}, 'no object "results"'),
        ({'a': [], 'b': 3}, "'b' does not hold a list"),
        ({'results': {'a': {}}}, "video 'a': {} is not a list of detections"),
        ({'a': [3]}, "video 'a': detection 3 is not"),
        ({'a': [{'label': 'dive', 'score': 1}]}, "video 'a': detection"),
        ({'a': [detection(None)]}, "video 'a': detection"),
        ({'a': [detection(score=None)]}, "video 'a': detection"),
        ({'a': [detection(score='high')]}, "'high' is not a finite number"),
        ({'a': [detection(score='nan')]}, "'nan' is not a finite number"),
        ({'a': [detection(score=True)]}, 'True is not a finite number'),
        ({'a': [detection(True)]}, "video 'a': detection"),
        ({'a': [detection(segment=(2, '1e999'))]}, "'1e999' is not a finite number"),
        ('{"a": [{"label": "dive", "score": 1e999, "segment": [0, 1]}]}', 'inf is not a finite number'),
        ({'a': [detection(segment=(2, [1]))]}, r'\[1\] is not a finite number'),
        ('{"a": [{"label": "dive", "score": NaN, "segment": [0, 1]}]}', 'NaN is not valid JSON'),
        ('{"a": [], "a": []}', "'a' occurs twice"),
        ({'../a': []}, 'cannot be a file name'),
        ({'a/b': []}, 'cannot be a file name'),
        ('{"a": [', 'not JSON'),
    ],
)
def test_faults_are_named_in_one_line(write, content, message):
    path = write(content)
    with pytest.raises(InputError, match=message) as caught:
        read_detections(path)
    assert str(caught.value).startswith(str(path))
    assert '\n' not in str(caught.value)
