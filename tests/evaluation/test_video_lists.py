"""The three lists of THUMOS14 test videos, with the counts that the field reports."""

from __future__ import annotations

import numpy as np
import pytest

from mmacl.evaluation import VIDEO_LISTS, SegmentTable, VideoList, video_list_named
from mmacl.utils import InputError


def read_challenge_files(folder):
    """The challenge's own text files: names of videos, instances by class, as they stand there."""
    rows = []
    for label, path in enumerate(sorted(folder.glob('*_test.txt'))):
        if not path.name.startswith('Ambiguous'):
            rows += [(line.split()[0], *map(float, line.split()[1:]), label) for line in path.read_text().splitlines()]
    names = sorted({row[0] for row in rows} | {'video_test_0001292'})
    numbers = {name: number for number, name in enumerate(names)}
    table = SegmentTable(
        [numbers[row[0]] for row in rows], np.array([row[1:3] for row in rows]), [row[3] for row in rows]
    )
    return names, table


@pytest.fixture(scope='module')
def challenge(shared_data):
    return read_challenge_files(shared_data / 'thumos14' / 'raw' / 'thumos14-test-annotations')


@pytest.mark.parametrize(('short', 'videos', 'instances'), [('212', 212, 3358), ('211', 211, 3325), ('210', 210, 3311)])
def test_counts_on_the_real_annotations(challenge, short, videos, instances):
    names, truth = challenge
    on_list, kept = video_list_named(short).select(names, truth, 'challenge')
    assert (int(on_list.sum()), len(kept)) == (videos, instances)
    assert not on_list[names.index('video_test_0001292')]
    assert on_list[names.index('video_test_0000270')] == (short == '212')
    assert on_list[names.index('video_test_0001496')] == (short != '210')


def test_the_four_instances_that_list_211_drops_lie_past_the_end_of_their_videos(challenge):
    names, truth = challenge
    _, kept = video_list_named('211').select(names, truth, 'challenge')
    rows = {(names[v], *s) for v, s in zip(truth.videos, truth.segments.tolist(), strict=True)}
    left = rows - {(names[v], *s) for v, s in zip(kept.videos, kept.segments.tolist(), strict=True)}
    assert sorted(row for row in left if row[0] != 'video_test_0000270') == [
        ('video_test_0000814', 233.6, 240.1),
        ('video_test_0000814', 305.5, 321.1),
        ('video_test_0000814', 331.7, 337.1),
        ('video_test_0001081', 127.5, 130.1),
    ]


def test_names_are_matched_whole():
    videos = VideoList('x', frozenset({'video_test_0000270'}), 1, 1)
    truth = SegmentTable([0, 1], [[0.0, 1.0], [0.0, 1.0]], [0, 0])
    on_list, kept = videos.select(['video_test_0000270', 'video_validation_0000270'], truth, 'f')
    assert on_list.tolist() == [False, True]
    assert kept.videos.tolist() == [1]


def test_duplicates_are_the_same_class_and_times_in_one_video():
    videos = VideoList('x', frozenset(), 2, 4, without_duplicates=True, ends={'a': 9.0})
    rows = [(0, 0, 1, 0), (0, 0, 1, 0), (0, 0, 1, 1), (1, 0, 1, 0), (0, 8, 12, 0), (0, 10, 12, 0), (0, 8, 11, 0)]
    truth = SegmentTable([r[0] for r in rows], np.array([r[1:3] for r in rows], float), [r[3] for r in rows])
    on_list, kept = videos.select(['a', 'b'], truth, 'f')
    assert on_list.tolist() == [True, True]
    assert kept.segments.tolist() == [[0, 1], [0, 1], [0, 1], [8, 12]]


def test_other_counts_are_refused_with_what_was_found():
    truth = SegmentTable([0], [[0.0, 1.0]], [0])
    with pytest.raises(InputError, match=r'^gt: video list thumos14_test_212 has 212 .* 3,358 .* found 1 and 1;'):
        video_list_named('thumos14_test_212').select(['a'], truth, 'gt')
    with pytest.raises(InputError, match="video list '213' is not known"):
        video_list_named('213')
    assert list(VIDEO_LISTS) == ['thumos14_test_212', 'thumos14_test_211', 'thumos14_test_210']
