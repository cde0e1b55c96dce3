"""Whatever the layout, what is written reads as it was read."""

import runpy
from pathlib import Path

import numpy as np
import pytest

from mmacl.dataset_tools.conversion import annotations_text, first_difference
from mmacl.datasets import AnnotationSet, VideoRecord
from mmacl.datasets.annotations import open_annotations
from mmacl.utils import InputError

LAYOUTS = runpy.run_path(str(Path(__file__).parents[2] / 'datasets' / 'annotations' / 'test_open_annotations.py'))


def assert_round_trip(annotations, path):
    path.write_text(annotations_text(annotations, 'source'))
    again = open_annotations(path)
    assert first_difference(annotations, again) is None
    return again


@pytest.mark.parametrize('layout', LAYOUTS['WRITERS'])
def test_every_layout_of_20_videos(tmp_path, layout):
    annotations = open_annotations(LAYOUTS['WRITERS'][layout](tmp_path))
    again = assert_round_trip(annotations, tmp_path / 'annotations.json')
    assert sum(len(record.ambiguous) for record in again.records) == 5


def test_class_order_and_absent_facts_are_kept(tmp_path):
    record = VideoRecord('a', segments=np.array([[0.1, 1 / 3]]), labels=('zebra "ü"',), ambiguous=np.ones((1, 2)))
    for classes in (('zebra "ü"', 'ape'), None):
        again = assert_round_trip(AnnotationSet([record, VideoRecord('b', 'x', 7.3)], classes), tmp_path / 'x.json')
        assert again.classes == classes
        assert (again.records[0].subset, again.records[0].duration) == ('', None)


@pytest.mark.parametrize(
    ('name', 'counts'),
    [
        ('thumos14/basnet/gt.json', (410, 6318)),
        ('thumos14/wtalc', (412, 6365)),
        ('thumos14/raw', (413, 6365)),
        ('activitynet12/activity_net.v1-2.min-missing-removed.json', (8907, 9869)),
    ],
)
def test_published_annotations(shared_data, tmp_path, name, counts):
    again = assert_round_trip(open_annotations(shared_data / name), tmp_path / 'annotations.json')
    assert (len(again.records), sum(len(record.labels) for record in again.records)) == counts


def test_differences_are_found():
    def a_set(classes=('x',), **changes):
        facts = dict(video_name='a', subset='s', duration=1.0, segments=np.zeros((1, 2)), labels=('x',)) | changes
        return AnnotationSet([VideoRecord(**facts)], classes)

    assert first_difference(a_set(), a_set()) is None
    assert first_difference(a_set(), a_set(classes=None)) == 'the list of classes'
    assert first_difference(a_set(), a_set(video_name='b')) == 'the list of videos'
    for change in (
        dict(subset='t'),
        dict(duration=None),
        dict(duration=np.nextafter(1.0, 2.0)),
        dict(labels=('y',)),
        dict(segments=np.full((1, 2), 1e-300)),
        dict(ambiguous=np.zeros((1, 2))),
    ):
        assert first_difference(a_set(), a_set(**change)) == "video 'a'"


@pytest.mark.parametrize(
    'record',
    [
        VideoRecord('a', duration=float('nan')),
        VideoRecord('a', segments=np.array([[0.0, np.inf]]), labels=('x',)),
        VideoRecord('a', ambiguous=np.array([[np.nan, 1.0]])),
        VideoRecord('C:a'),
        VideoRecord('../a'),
        VideoRecord('a', subset='../up'),
        VideoRecord('a', subset='a/b'),
    ],
)
def test_refused_in_one_line(record):
    with pytest.raises(InputError, match=r'^gt\.json: ') as caught:
        annotations_text(AnnotationSet([record]), 'gt.json')
    assert '\n' not in str(caught.value)


def test_what_would_read_otherwise_is_refused():
    with pytest.raises(InputError, match='the list of classes'):
        annotations_text(AnnotationSet([VideoRecord('a')], ('Ambiguous', 'x')), 'gt.json')
