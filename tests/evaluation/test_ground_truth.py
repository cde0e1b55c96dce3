"""From records to tables."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mmacl.datasets import AnnotationSet, VideoRecord
from mmacl.evaluation import VIDEO_LISTS, GroundTruth, VideoList, video_list_named
from mmacl.evaluation.ground_truth import Clipping, subset_of
from mmacl.utils import InputError

VIDEO = dict(segments=[[0.0, 1.0]], labels=[0])
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


def test_a_list_matches_whole_names():
    truth = GroundTruth.of_videos('gt', dict.fromkeys(('video_test_0000270', 'video_validation_0000270'), VIDEO))
    part = truth.on_list(VideoList('x', frozenset({'video_test_0000270'}), 1, 1))
    assert part.video_names == ('video_validation_0000270',)


def test_other_counts_than_those_of_the_list_are_refused():
    truth = GroundTruth.of_videos('gt', {'a': VIDEO})
    with pytest.raises(InputError, match=r'^gt: video list thumos14_test_212 has 212 .* 3,358 .* found 1 and 1;'):
        truth.on_list(video_list_named('thumos14_test_212'))
    with pytest.raises(InputError, match="video list '213' is not known"):
        video_list_named('213')
    assert list(VIDEO_LISTS) == ['thumos14_test_212', 'thumos14_test_211', 'thumos14_test_210']


def read_challenge_files(folder):
    """The challenge's own text files, read without mmacl: (start, end, label) by name of the video."""
    videos = {'video_test_0001292': []}
    for label, path in enumerate(sorted(folder.glob('*_test.txt'))):
        if not path.name.startswith('Ambiguous'):
            for line in path.read_text().splitlines():
                name, start, end = line.split()
                videos.setdefault(name, []).append((float(start), float(end), label))
    return videos


@pytest.fixture(scope='module')
def challenge(shared_data):
    videos = read_challenge_files(shared_data / 'thumos14' / 'raw' / 'thumos14-test-annotations')
    columns = {
        name: dict(segments=[row[:2] for row in rows], labels=[row[2] for row in rows])
        for name, rows in sorted(videos.items())
    }
    return GroundTruth.of_videos('challenge', columns)


@pytest.mark.parametrize(
    ('short', 'videos', 'instances', 'clipping'),
    [('212', 212, 3358, ''), ('211', 211, 3325, '4 outside the video dropped'), ('210', 210, 3311, '')],
)
def test_counts_on_the_real_annotations(challenge, short, videos, instances, clipping):
    part = challenge.on_list(video_list_named(short))
    assert (len(part.video_names), len(part.instances), str(part.clipping)) == (videos, instances, clipping)
    assert 'video_test_0001292' not in part.video_names
    assert ('video_test_0000270' in part.video_names) == (short == '212')
    assert ('video_test_0001496' in part.video_names) == (short != '210')


def test_list_211_drops_three_instances_of_814_and_one_of_1081(challenge):
    def rows(truth):
        table = truth.instances
        return {(truth.video_names[v], *s) for v, s in zip(table.videos, table.segments.tolist(), strict=True)}

    left = rows(challenge) - rows(challenge.on_list(video_list_named('211')))
    assert sorted(row for row in left if row[0] != 'video_test_0000270') == [
        ('video_test_0000814', 233.6, 240.1),
        ('video_test_0000814', 305.5, 321.1),
        ('video_test_0000814', 331.7, 337.1),
        ('video_test_0001081', 127.5, 130.1),
    ]


@pytest.mark.parametrize(
    ('keeps', 'labels', 'clipping'),
    [
        (False, ['inside', 'reaches out', 'begins before', 'empty', 'ends there'], Clipping(2, 2, 0)),
        (
            True,
            ['inside', 'reaches out', 'begins before', 'empty', 'ends there', 'begins there', 'outside'],
            Clipping(2, 0, 2),
        ),
    ],
)
def test_instances_are_clipped_to_the_stated_duration(keeps, labels, clipping):
    segments = [[1, 2], [9, 12], [-1, 2], [4, 4], [8, 10], [10, 11], [12, 13]]
    names = ('inside', 'reaches out', 'begins before', 'empty', 'ends there', 'begins there', 'outside')
    known = VideoRecord('a', 'test', 10.0, np.array(segments, dtype=float), names)
    unknown = VideoRecord('b', 'test', None, np.array([[9.0, 99.0]]), ('inside',))
    truth = GroundTruth.from_annotations(AnnotationSet([known, unknown]), 'test', 'gt')
    truth = replace(truth, keeps_outside=keeps)
    of_known = truth.instances.take(np.flatnonzero(truth.instances.videos == 0))
    assert [truth.classes[label] for label in of_known.labels] == labels
    assert of_known.segments[:5].tolist() == [[1, 2], [9, 10], [0, 2], [4, 4], [8, 10]]
    assert truth.instances.segments[-1].tolist() == [9, 99]
    assert truth.clipping == clipping
    assert sum(clipping.as_json().values()) == 4
    np.testing.assert_array_equal(truth.durations, [10, np.nan])


def test_clipping_in_words():
    assert str(Clipping()) == ''
    assert str(Clipping(2, 1)) == '2 clipped to the video, 1 outside the video dropped'
    assert str(Clipping(0, 0, 3)) == '3 outside the video count as missed'


@pytest.mark.parametrize('duration', [0.0, -1.0, float('nan'), float('inf')])
def test_a_duration_that_is_no_length_is_refused(duration):
    record = VideoRecord('a', 'test', duration, np.array([[1.0, 2.0]]), ('run',))
    with pytest.raises(InputError, match=r"gt: video 'a': duration .* s is not positive and finite; state the length"):
        GroundTruth.from_annotations(AnnotationSet([record]), None, 'gt')


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
    with pytest.raises(InputError, match="time 'nan' is not finite"):
        truth.with_ambiguous(path)
    path.write_text('x' * 1_000_000)
    with pytest.raises(InputError, match='line 1') as caught:
        truth.with_ambiguous(path)
    assert len(str(caught.value)) < 300


def test_the_subset_follows_from_the_results():
    assert subset_of(RECORDS, ['v_z', 'a', 'unknown'], 'gt') == 'test'
    assert subset_of([VideoRecord('a')], ['a'], 'gt') is None
    with pytest.raises(InputError, match=r"videos of 2 of its subsets \('test', 'train'\); name one with --subset"):
        subset_of(RECORDS, ['z', 't'], 'gt')
    with pytest.raises(InputError, match="gt: has none of the 1 videos of the results, such as 'unknown'"):
        subset_of(RECORDS, ['unknown'], 'gt')


def test_what_cannot_be_scored_is_refused():
    with pytest.raises(InputError, match="no video in subset 'val'"):
        GroundTruth.from_annotations(AnnotationSet(RECORDS), 'val', 'gt')
    with pytest.raises(InputError, match='no instance in test'):
        GroundTruth.from_annotations(AnnotationSet(RECORDS[3:]), 'test', 'gt')
    with pytest.raises(InputError, match="video 'a': 'jump' is not in the list of classes"):
        GroundTruth.from_annotations(AnnotationSet(RECORDS, ('run',)), 'test', 'gt')
