"""Tables for people."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mmacl.evaluation.functional import SegmentTable, coco_scores
from mmacl.evaluation.metrics.map_table import (
    ScoringFacts,
    TIoUColumns,
    class_table,
    coco_table,
    map_table,
    usual_averages,
)
from mmacl.utils import InputError

FACTS = ScoringFacts('activitynet', 'THUMOS14', num_videos=212, num_instances=3358, num_classes=20, simulated=False)


def cells(table):
    return [[cell.strip() for cell in line.strip('|').split('|')] for line in table.splitlines() if line[0] == '|']


def test_streams_by_thresholds_in_per_cent():
    table = map_table(
        {'fused': {'0.3': 0.396, 'avg(0.3:0.7)': 0.24684}, 'rgb': {'0.3': 0.0, 'avg(0.3:0.7)': 1.0}}, FACTS
    )
    assert cells(table) == [
        ['Stream', '0.3', 'avg(0.3:0.7)'],
        ['fused', '39.60', '24.68'],
        ['rgb', '0.00', '100.00'],
    ]


def test_the_heading_says_what_the_score_depends_on():
    heading = map_table({'fused': {'0.3': 0.5}}, FACTS).splitlines()[0]
    assert heading == 'mAP (%): protocol activitynet, THUMOS14, 212 videos, 3358 instances of 20 classes'


def test_simulated_data_are_called_simulated():
    facts = replace(FACTS, simulated=True, dataset='')
    expected = 'protocol activitynet, 212 videos, 3358 instances of 20 classes, simulated data'
    assert str(facts) == expected
    assert expected in map_table({'fused': {'0.3': 0.5}}, facts)
    assert expected in class_table(['a'], np.array([1]), ['0.3'], np.array([[0.5]]), facts)


def test_classes_by_thresholds_with_a_dash_where_there_is_no_ground_truth():
    table = class_table(
        ['dive', 'run'], np.array([3, 0]), ['0.3', '0.5'], np.array([[0.5, np.nan], [0.25, np.nan]]), FACTS
    )
    assert cells(table) == [
        ['Class', 'Instances', '0.3', '0.5'],
        ['dive', '3', '50.00', '25.00'],
        ['run', '0', '-', '-'],
    ]


def test_streams_by_figures_of_coco_with_a_dash_where_no_instance_has_that_length():
    truth = SegmentTable([0, 0], [[0, 4], [10, 30]], [0, 0])
    found = SegmentTable([0, 0], [[0, 4], [50, 60]], [0, 0], [0.5, 0.9])
    scores = coco_scores(truth, found, 1)
    table = coco_table({'fused': scores, 'rgb': scores}, FACTS)
    assert table.startswith(
        'COCO (%): tIoU 0.5:0.05:0.95, instances 0 short (to 3 s), 1 medium (to 6 s), 1 long; protocol activitynet'
    )
    # One of two instances at half precision: 51 of the 101 recalls.
    row = ['25.25', '25.25', '25.25', '-', '100.00', '0.00', '0.00', '50.00', '50.00']
    assert cells(table) == [['Stream', *scores.summary()], ['fused', *row], ['rgb', *row]]


def test_thresholds_then_averages_over_ranges():
    columns = TIoUColumns((0.1, 0.2, 0.3, 0.4, 0.5), ((0.3, 0.5), (0.1, 0.5)))
    got = columns.of(np.array([1.0, 2.0, 3.0, 4.0, 8.0]))
    assert list(got) == ['0.1', '0.2', '0.3', '0.4', '0.5', 'avg(0.3:0.5)', 'avg(0.1:0.5)']
    assert got == pytest.approx(
        {'0.1': 1, '0.2': 2, '0.3': 3, '0.4': 4, '0.5': 8, 'avg(0.3:0.5)': 5, 'avg(0.1:0.5)': 3.6}
    )


def test_further_axes_are_kept():
    got = TIoUColumns((0.5, 0.7), ((0.5, 0.7),)).of(np.array([[1.0, np.nan], [3.0, np.nan]]))
    np.testing.assert_array_equal(got['avg(0.5:0.7)'], [2.0, np.nan])


def test_thresholds_may_have_rounding_errors():
    columns = TIoUColumns(np.arange(0.5, 1.0, 0.05), ((0.5, 0.95),))
    got = columns.of(np.arange(10.0))
    assert list(got)[1] == '0.55'
    assert got['avg(0.5:0.95)'] == 4.5


@pytest.mark.parametrize(
    ('averages', 'message'),
    [(((0.3, 0.8),), '0.8 is not among the thresholds 0.3, 0.5'), (((0.5, 0.3),), 'has its higher threshold first')],
)
def test_averages_of_other_thresholds_are_refused(averages, message):
    with pytest.raises(InputError, match=message):
        TIoUColumns((0.3, 0.5), averages)


@pytest.mark.parametrize(
    ('thresholds', 'expected'),
    [
        ((0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7), [(0.3, 0.7), (0.1, 0.7)]),
        ((0.3, 0.4, 0.5, 0.6, 0.7), [(0.3, 0.7)]),
        (tuple(np.arange(0.5, 1, 0.05)), [(0.5, 0.95)]),
        ((0.3, 0.5, 0.7), [(0.3, 0.7)]),
        ((0.5,), []),
    ],
)
def test_usual_averages_need_all_their_thresholds(thresholds, expected):
    assert usual_averages(thresholds) == expected


def test_usual_averages_are_columns():
    thresholds = tuple(np.arange(0.5, 1, 0.05))
    assert 'avg(0.5:0.95)' in TIoUColumns(thresholds, usual_averages(thresholds)).of(np.zeros(10))
