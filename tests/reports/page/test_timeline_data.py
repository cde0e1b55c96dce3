"""What is kept of a timeline is what was found, to the precision that the page states."""

from __future__ import annotations

import base64

import numpy as np
import pytest

from mmacl.datasets.annotations import VideoRecord
from mmacl.reports.page import Limits
from mmacl.reports.page.run_segments import run_segments
from mmacl.reports.page.timeline_data import (
    SCORE_STEPS,
    curve_data,
    curves_data,
    detection_data,
    per_cent_or_none,
    truth_data,
    unit_of,
)
from mmacl.structures import AttentionCurve


def decoded(text, low, high):
    return low + (high - low) * np.frombuffer(base64.b64decode(text), dtype=np.uint8) / 255


@pytest.mark.parametrize(('duration', 'unit'), [(9.0, 0.01), (99.99, 0.01), (100.0, 0.1), (np.nan, 0.01)])
def test_units(duration, unit):
    assert unit_of(duration) == unit


def test_truth_with_ambiguous_segments():
    record = VideoRecord('a', segments=np.array([[1.0, 2.5]]), labels=('run',), ambiguous=np.array([[3.0, 4.0]]))
    assert truth_data(record, {'jump': 0, 'run': 1}, 0.1) == [10, 25, 1, 30, 40, -1]
    assert truth_data(None, {}, 0.1) == []


def test_detections_are_the_best_within_rounding(record):
    segments = run_segments(record, [1])
    table = segments.rounds[1].table
    lists, totals, scale = detection_data(segments, segments.rounds[1], segments.hits(1, 0.5), 5)
    assert totals.tolist() == [12] * 9
    for number, flat in enumerate(lists):
        kept = np.array(flat).reshape(-1, 6)
        rows = np.flatnonzero(table.videos == number)[:5]
        unit = unit_of(segments.durations[number])
        np.testing.assert_allclose(kept[:, :2] * unit, table.segments[rows], atol=unit / 2 + 1e-9)
        assert kept[:, 2].tolist() == table.labels[rows].tolist()
        np.testing.assert_allclose(kept[:, 5] * scale / SCORE_STEPS, table.scores[rows], atol=scale / SCORE_STEPS)
        assert kept[:, 4].tolist() == segments.hits(1, 0.5)[rows].tolist()


def test_without_truth_no_detection_is_right_or_wrong(record):
    segments = run_segments(record, [1])
    lists, _, _ = detection_data(segments, segments.rounds[1], None, 5)
    assert {hit for flat in lists for hit in flat[4::6]} == {-1}


@pytest.mark.parametrize(('length', 'points', 'size'), [(1, 300, 1), (300, 300, 1), (301, 300, 2), (1000, 300, 4)])
def test_curve_is_the_highest_of_each_stretch(length, points, size):
    values = np.random.default_rng(0).normal(size=length).astype(np.float32)
    text, found_size, low, high = curve_data(values, points)
    expected = [values[start : start + size].max() for start in range(0, length, size)]
    assert found_size == size
    assert len(expected) <= points
    np.testing.assert_allclose(decoded(text, low, high), expected, atol=(high - low) / 500 + 1e-6)
    assert low <= 0 <= high


def test_flat_and_broken_curves_do_no_harm():
    text, _, low, high = curve_data(np.zeros(4), 300)
    assert (decoded(text, low, high) == 0).all()
    text, _, low, high = curve_data(np.array([1.0, np.nan, np.inf]), 300)
    np.testing.assert_allclose(decoded(text, low, high), [1, 0, 0])


def test_curves_know_their_time():
    curve = AttentionCurve(np.arange(8.0), np.ones(8), 1, 0.5, 0.64, 0.32, 6.0)
    found = curves_data(curve, Limits(points=4))
    assert (found['step'], found['offset'], found['size'], found['values']) == (1.28, 0.32, 2, 8)
    np.testing.assert_allclose(decoded(found['A'], *found['range'][:2]), [1, 3, 5, 7], atol=0.02)


def test_a_method_without_class_agnostic_attention_has_one_curve():
    found = curves_data(AttentionCurve(np.arange(8.0), None, 1, 0.5, 0.64, 0.32, 6.0), Limits(points=4))
    assert ('S' in found, len(found['range']), found['values']) == (False, 2, 8)


def test_per_cent():
    assert per_cent_or_none(np.array([0.1234, np.nan])) == [12.3, None]


@pytest.mark.parametrize(
    ('videos', 'rounds', 'detections', 'points'),
    [(0, 0, 100, 300), (200, 3, 100, 300), (4819, 3, 20, 300), (20_000, 3, 10, 150), (1_000_000, 5, 6, 150)],
)
def test_fewer_where_videos_are_many(videos, rounds, detections, points):
    assert Limits.of(videos, rounds) == Limits(detections, points)
