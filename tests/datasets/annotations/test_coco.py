"""COCO's JSON: reading, writing, and files that are refused."""

import gzip
import json
from contextlib import redirect_stdout
from io import StringIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycocotools.coco import COCO

from mmacl.datasets.annotations import AnnotationSet, CocoAnnotations, VideoRecord, open_annotations
from mmacl.utils import InputError
from tests.datasets.annotations.twenty_videos import VIDEOS, write_activitynet
from tests.examples import examples


@pytest.fixture
def content():
    return {
        'images': [{'id': 7, 'file_name': 'a', 'duration': 30, 'fps': 25}, {'id': 'x', 'file_name': 'b'}],
        'categories': [{'id': 2, 'name': 'run'}, {'id': 1, 'name': 'dive'}],
        'annotations': [
            {'image_id': 7, 'category_id': 2, 'bbox': [1.5, 0, 2.0, 1]},
            {'image_id': 'x', 'category_id': 1, 'bbox': [0, 0, 4, 1.0], 'iscrowd': 1},
            {'image_id': 'x', 'category_id': 2, 'bbox': [0, 0, 4, 1.0], 'iscrowd': 1},
            {'image_id': 'x', 'category_id': 2, 'bbox': [0, 0, 4, 1.0], 'iscrowd': 1},
        ],
    }


def read(content, tmp_path):
    (tmp_path / 'gt.json').write_text(json.dumps(content))
    return open_annotations(tmp_path / 'gt.json')


def test_videos_classes_and_ambiguous_segments(content, tmp_path):
    annotations = read(content, tmp_path)
    assert annotations.classes == ('dive', 'run')
    a, b = annotations.records
    assert (a.video_name, a.duration, a.fps, a.labels, a.segments.tolist()) == ('a', 30, 25, ('run',), [[1.5, 3.5]])
    assert (b.video_name, b.duration, b.labels) == ('b', None, ())
    # Two of one class: one segment of all classes and one more.
    assert b.ambiguous.tolist() == [[0, 4], [0, 4]]
    assert CocoAnnotations(tmp_path / 'gt.json').names() == ({7: 'a', 'x': 'b'}, {2: 'run', 1: 'dive'})


def test_an_ambiguous_category_is_no_class(content, tmp_path):
    content['categories'][0]['name'] = 'Ambiguous'
    annotations = read(content, tmp_path)
    assert annotations.classes == ('dive',)
    assert annotations.records[0].ambiguous.tolist() == [[1.5, 3.5]]


@pytest.mark.parametrize('first', ['images', 'categories', 'annotations'])
def test_is_recognised_whatever_comes_first_packed_or_not(content, tmp_path, first):
    text = json.dumps({first: content.pop(first), **content})
    (tmp_path / 'gt.JSON').write_text(text)
    (tmp_path / 'gt.json.gz').write_bytes(gzip.compress(text.encode()))
    names = [[r.video_name for r in open_annotations(tmp_path / name).records] for name in ('gt.JSON', 'gt.json.gz')]
    assert names == [['a', 'b']] * 2


def test_activitynet_is_not_taken_for_it(tmp_path):
    assert len(open_annotations(write_activitynet(tmp_path)).records) == len(VIDEOS)


TIMES = st.floats(0, 1e5, allow_subnormal=False)
SEGMENTS = st.lists(st.tuples(TIMES, TIMES).map(sorted), max_size=4)
RECORDS = st.builds(
    lambda subset, duration, fps, segments, ambiguous, labels: VideoRecord(
        'v', subset, duration, np.reshape(segments, (-1, 2)), tuple(labels[: len(segments)]),
        np.reshape(ambiguous, (-1, 2)), fps,
    ),
    st.sampled_from(['', 'test']), st.none() | st.floats(0.1, 1e5), st.none() | st.floats(1, 60), SEGMENTS, SEGMENTS,
    st.lists(st.sampled_from(['dive', 'Läufer', 'x']), min_size=4, max_size=4),
)  # fmt: skip


@examples(200)
@given(record=RECORDS, more=SEGMENTS)
def test_what_is_written_is_read_bit_for_bit(record, more):
    records = [record, VideoRecord('w', ambiguous=np.reshape(more, (-1, 2)))]
    for classes in (None, ('x', 'dive', 'never', 'Läufer')):
        text = CocoAnnotations.text(AnnotationSet(records, classes), 'source')
        again = CocoAnnotations('f')._set(json.loads(text))
        assert AnnotationSet(records, again.classes).first_difference(again) is None
        assert again.class_names() == (classes or AnnotationSet(records).class_names())


@pytest.mark.parametrize('path', ['thumos14/basnet/gt.json', 'thumos14/raw', 'thumos14/wtalc', 'activitynet12', 'gtea'])
def test_public_annotations_are_written_and_read_and_pycocotools_loads_them(shared_data, tmp_path, path):
    place = next((shared_data / path).glob('*.json')) if path == 'activitynet12' else shared_data / path
    annotations = open_annotations(place)
    (tmp_path / 'gt.json').write_text(CocoAnnotations.text(annotations, path))
    again = open_annotations(tmp_path / 'gt.json')
    assert AnnotationSet(annotations.records, again.classes).first_difference(again) is None
    assert again.classes == annotations.class_names()
    with redirect_stdout(StringIO()):
        coco = COCO(tmp_path / 'gt.json')
    assert len(coco.getImgIds()) == len(annotations.records)
    numbers = [len(coco.getAnnIds(iscrowd=crowd)) for crowd in (False, True)]
    unclear = sum(len(record.ambiguous) for record in annotations.records)
    assert numbers == [sum(len(record.labels) for record in annotations.records), unclear * len(again.classes)]


@pytest.mark.parametrize(
    ('record', 'message'),
    [
        (
            VideoRecord('a', segments=np.array([[0, np.inf]]), labels=('x',)),
            "video 'a': time or rate (inf|nan) is not finite",
        ),
        (VideoRecord('a', duration=float('nan')), "video 'a': time or rate (inf|nan) is not finite"),
        (VideoRecord('a', segments=np.array([[0, 1]]), labels=('y',)), "video 'a': 'y' is not in the list of classes"),
        (VideoRecord('../a'), 'cannot be a file name'),
    ],
)
def test_what_cannot_be_written_is_refused(record, message):
    with pytest.raises(InputError, match=message):
        CocoAnnotations.text(AnnotationSet([record], ('x',)), 'gt.json')


def changed(key, **values):
    def change(content):
        content[key][0].update(values)

    return change


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (lambda c: c.pop('images'), 'no list "images"'),
        (lambda c: c.update(annotations={}), 'no list "annotations"'),
        (lambda c: c['annotations'].append(3), '3 in "annotations" is not an object'),
        (changed('images', id=None), 'has no "id" or no "file_name"'),
        (changed('images', id=True), 'has no "id" or no "file_name"'),
        (changed('images', id=[1]), 'has no "id" or no "file_name"'),
        (changed('images', id='x'), 'id \'x\' is twice in "images"'),
        (changed('images', file_name=5), 'has no "id" or no "file_name"'),
        (changed('images', file_name='b'), '\'b\' is twice in "images"'),
        (changed('images', file_name='../b'), "video name '../b' cannot be a file name"),
        (changed('images', duration='long'), "video 'a': time 'long' is not a number of seconds"),
        (changed('images', subset=1), '"subset" 1 is not a name'),
        (changed('categories', name='dive'), '\'dive\' is twice in "categories"'),
        (changed('categories', name='a\x1b'), 'cannot be printed'),
        (changed('annotations', image_id=8), '"image_id" 8 is not an id in "images"; add it to "images"'),
        (changed('annotations', image_id={}), '"image_id" {} is not an id'),
        (changed('annotations', category_id=None), 'video \'a\': "category_id" None is not an id in "categories"'),
        (changed('annotations', **{'bbox': [1, 2, 3]}), '"bbox" [1, 2, 3] is not [start, 0, length, 1]'),
        (
            changed('annotations', **{'bbox': [10, 20, 64, 48]}),
            'is not [start, 0, length, 1]; write a segment as a box',
        ),
        (changed('annotations', **{'bbox': ['a', 0, 1, 1]}), "time 'a' is not a number of seconds"),
        (changed('annotations', **{'bbox': None}), '"bbox" None is not'),
        (changed('annotations', segment=[1.5, 3.6]), '"segment" [1.5, 3.6] and "bbox" [1.5, 0, 2.0, 1] differ'),
        (changed('annotations', segment=5), '"segment" 5 is not [start, end]'),
        (changed('annotations', iscrowd=2), '"iscrowd" 2 is not 0 or 1'),
    ],
)
def test_hostile_files_are_refused_in_one_line_that_names_value_file_and_remedy(content, tmp_path, change, message):
    change(content)
    (tmp_path / 'gt.json').write_text(json.dumps(content))
    with pytest.raises(InputError) as caught:
        open_annotations(tmp_path / 'gt.json', 'coco')
    text = str(caught.value)
    assert message in text
    assert text.startswith(str(tmp_path / 'gt.json'))
    assert caught.value.remedy
    assert len(text.splitlines()) == 1


def test_detections_in_place_of_annotations_are_refused(tmp_path):
    with pytest.raises(InputError, match='is a list of detections, no annotations'):
        read([{'image_id': 1, 'category_id': 1, 'bbox': [0, 0, 1, 1], 'score': 1}], tmp_path)
