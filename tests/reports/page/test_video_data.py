"""All videos are there, each with what is known of it."""

from __future__ import annotations

import numpy as np
import pytest

from mmacl.apis import RunRecord
from mmacl.reports.page import Limits
from mmacl.reports.page.run_segments import run_segments
from mmacl.reports.page.video_data import video_data
from tests.reports.page.written_run import write_run


def data_of(record, rounds=(1, 2), tious=(0.3, 0.5), limits=None):
    segments = run_segments(record, rounds)
    return segments, video_data(record, segments, rounds, tious, limits or Limits())


def test_validation_videos_come_first_and_training_videos_follow(record):
    segments, data = data_of(record)
    assert data.names == (*segments.videos, *record.labels(2).video_names)
    videos = data.content['videos']
    first, trained = videos[0], videos[9]
    assert first['name'] == 'val_0000'
    assert first['total'] == [12, 12]
    assert [len(flat) for flat in first['found']] == [72, 72]
    assert first['ap'][1] == pytest.approx(100 * data.quality[0], abs=0.06)
    assert first['subset'] == 'test'
    assert 'trained' not in first
    assert trained['name'] == 'train_0000'
    assert 'found' not in trained
    memberships = record.labels(2).memberships[0]
    assert trained['trained'][1] == np.flatnonzero(memberships).tolist()
    assert len(trained['truth']) == 3 * len(record.truth_of['train_0000'].labels)


def test_clusters_stand_for_actions(record):
    _, data = data_of(record)
    labels = record.classes
    for cluster, actions in data.content['clusters'].items():
        assert [labels[label] for label in actions] == [f'class_{cluster}']


def test_limits_hold(record):
    _, data = data_of(record, limits=Limits(3, 10))
    for video in data.content['videos'][:9]:
        assert all(len(flat) == 18 for flat in video['found'])
        assert video['curves']['values'] > 10
        assert len(video['curves']['A']) <= 4 * 4


def test_without_annotations_there_is_no_quality(tmp_path):
    _, data = data_of(RunRecord(write_run(tmp_path / 'work', annotated=False)), tious=())
    assert data.content['hit'] is None
    assert not any('ap' in video or 'truth' in video for video in data.content['videos'])
    assert data.content['labels'] == ['cluster_00', 'cluster_01', 'cluster_02']


def test_a_video_trained_on_and_validated_stands_once(tmp_path):
    names = [f'train_{index:04d}' for index in range(9)]
    _, data = data_of(RunRecord(write_run(tmp_path / 'work', annotated=False, video_names=names)), tious=())
    assert len(set(data.names)) == len(data.names) == 12
    assert {'found', 'trained'} <= set(data.content['videos'][0])


def test_a_long_list_is_cut_evenly_and_keeps_the_extremes(record):
    _, whole = data_of(record)
    _, data = data_of(record, limits=Limits(videos=8))
    assert (len(whole.names), data.num_videos) == (21, 21)
    # Half of the eight are validation videos, at even distances; what the page names comes on top.
    assert set(data.listed) >= {0, 2, 4, 6} | {*data.best, *data.worst}
    assert (data.best, data.worst) == (whole.best, whole.worst)
    entries = {entry['name']: entry for entry in whole.content['videos']}
    assert all(entry == entries[entry['name']] for entry in data.content['videos'])


@pytest.mark.parametrize(
    ('validated', 'trained', 'counts'), [(3, 4, (3, 4)), (30, 4, (6, 4)), (4, 30, (4, 6)), (30, 30, (5, 5))]
)
def test_validation_videos_take_the_room_that_training_videos_leave(validated, trained, counts):
    assert tuple(map(len, Limits(videos=10).listed(validated, trained))) == counts
