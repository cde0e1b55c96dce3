"""Tables of a run agree with its record."""

from __future__ import annotations

import numpy as np
import pytest

from mmacl.apis import RunRecord
from mmacl.evaluation.functional import video_average_precision
from mmacl.reports.page.run_segments import run_segments
from mmacl.structures import ActionNames
from mmacl.utils import InputError
from tests.reports.page.written_run import write_run


def test_rows_are_those_of_the_record(record):
    segments = run_segments(record, [1, 2])
    assert segments.videos == tuple(sorted(record.detections(2)))
    assert segments.labels == record.classes
    for number, name in enumerate(segments.videos):
        rows = np.flatnonzero(segments.rounds[2].table.videos == number)
        found = sorted(record.detections(2)[name], key=lambda row: -row['score'])
        table = segments.rounds[2].table.take(rows)
        assert [segments.labels[label] for label in table.labels] == [row['label'] for row in found]
        np.testing.assert_allclose(table.segments, [row['segment'] for row in found])
        assert segments.rounds[2].clusters[rows].tolist() == [row['cluster'] for row in found]
        assert segments.durations[number] == record.attention(2)[name].duration
        truth = segments.truth.segments[segments.truth.videos == number]
        np.testing.assert_allclose(truth, record.truth_of[name].segments)


def test_quality_and_hits(record):
    segments = run_segments(record, [1, 2])
    table = segments.rounds[1].table
    expected = video_average_precision(segments.truth, table, [0.3, 0.5], 9).mean(axis=0)
    np.testing.assert_array_equal(segments.quality(1, [0.3, 0.5]), expected)
    hits = segments.hits(1, 0.5)
    assert 0 < hits.sum() <= len(segments.truth)
    assert np.isnan(segments.quality(1, [])).all()


def test_without_annotations_labels_are_clusters(tmp_path):
    segments = run_segments(RunRecord(write_run(tmp_path / 'work', annotated=False)), [2])
    assert segments.labels == ('cluster_00', 'cluster_01', 'cluster_02')
    assert len(segments.truth) == 0
    assert np.isnan(segments.quality(2, [0.5])).all()
    assert not np.isnan(segments.durations).any()


def test_the_clusters_of_the_last_round_get_names(tmp_path, record):
    names = ActionNames(names={0: 'jump'}, merged={1: 0}, not_actions=frozenset({2}))
    run = RunRecord(write_run(tmp_path / 'named', annotated=False))
    plain, named = run_segments(run, [1, 2]), run_segments(run, [1, 2], names)
    assert set(named.labels) == {'jump', *plain.labels}
    last = named.rounds[2]
    assert {named.labels[label] for label in last.table.labels} == {'jump'}
    assert len(last.table) == (plain.rounds[2].clusters != 2).sum()
    assert len(named.rounds[1].table) == len(plain.rounds[1].table)
    with pytest.raises(InputError, match='its annotations name the clusters'):
        run_segments(record, [2], names)
