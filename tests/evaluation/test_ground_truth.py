"""From records to tables."""

from __future__ import annotations

import numpy as np
import pytest

from mmacl.datasets import AnnotationSet, VideoRecord
from mmacl.evaluation import GroundTruth, VideoList
from mmacl.evaluation.ground_truth import subset_of
from mmacl.utils import InputError

RECORDS = [
    VideoRecord('z', 'test', segments=np.array([[0.0, 1.0], [2.0, 3.0]]), labels=('run', 'Ambiguous')),
    VideoRecord('t', 'train', segments=np.array([[0.0, 1.0]]), labels=('jump',)),
    VideoRecord('a', 'test', segments=np.array([[5.0, 6.0]]), labels=('jump',), ambiguous=np.array([[7.0, 8.0]])),
    VideoRecord('m', 'test'),
]


@pytest.fixture
def truth():
    return GroundTruth.from_annotations(AnnotationSet(RECORDS), 'test', 'gt')


def test_videos_are_numbered_by_name_and_ambiguous_segments_kept_apart(truth):
    assert truth.video_names == ('a', 'm', 'z')
    assert truth.classes == ('jump', 'run')
    assert truth.instances.videos.tolist() == [0, 2]
    assert truth.instances.labels.tolist() == [0, 1]
    assert truth.instances.segments.tolist() == [[5, 6], [0, 1]]
    assert truth.ambiguous.videos.tolist() == [0, 2]
    assert truth.ambiguous.segments.tolist() == [[7, 8], [2, 3]]


def test_all_subsets_together():
    assert GroundTruth.from_annotations(AnnotationSet(RECORDS), None, 'gt').video_names == ('a', 'm', 't', 'z')


def test_a_list_renumbers_what_is_left(truth):
    part = truth.on_list(VideoList('one', frozenset({'a'}), 1, 1))
    assert part.video_names == ('z',)
    assert part.instances.videos.tolist() == [0]
    assert part.ambiguous.segments.tolist() == [[2, 3]]
    assert part.ambiguous.videos.tolist() == [0]


def test_ambiguous_segments_from_a_text_file(truth, tmp_path):
    path = tmp_path / 'amb.txt'
    path.write_text('z  1.0 2.5\nother 3 4\n\nz 9 9.5\n')
    read = truth.with_ambiguous(path)
    assert read.ambiguous.videos.tolist() == [2, 2]
    assert read.ambiguous.segments.tolist() == [[1, 2.5], [9, 9.5]]
    path.write_text('z 1.0\n')
    with pytest.raises(InputError, match=r'amb.txt: line 1: .z 1.0. is not .video start end.'):
        truth.with_ambiguous(path)
    path.write_bytes(b'\xff\xfe')
    with pytest.raises(InputError, match='not UTF-8 text'):
        truth.with_ambiguous(path)
    path.write_text('z 1.0 nan\n')
    with pytest.raises(InputError, match='not a number of seconds'):
        truth.with_ambiguous(path)
    path.write_text('x' * 1_000_000)
    with pytest.raises(InputError, match='line 1') as caught:
        truth.with_ambiguous(path)
    assert len(str(caught.value)) < 300


def test_the_subset_follows_from_the_results():
    assert subset_of(RECORDS, ['v_z', 'a', 'unknown'], 'gt') == 'test'
    assert subset_of([VideoRecord('a')], ['a'], 'gt') is None
    with pytest.raises(InputError, match=r"videos of 2 subsets \('test', 'train'\); name one with --subset"):
        subset_of(RECORDS, ['z', 't'], 'gt')
    with pytest.raises(InputError, match="gt: knows none of the 1 videos of the results, such as 'unknown'"):
        subset_of(RECORDS, ['unknown'], 'gt')


def test_what_cannot_be_scored_is_refused():
    with pytest.raises(InputError, match="no video in subset 'val'"):
        GroundTruth.from_annotations(AnnotationSet(RECORDS), 'val', 'gt')
    with pytest.raises(InputError, match='no instance in test'):
        GroundTruth.from_annotations(AnnotationSet(RECORDS[3:]), 'test', 'gt')
    with pytest.raises(InputError, match="video 'a': 'jump' is not in the list of classes"):
        GroundTruth.from_annotations(AnnotationSet(RECORDS, ('run',)), 'test', 'gt')
