"""Tables for people."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mmacl.evaluation.functional import SegmentTable, coco_scores
from mmacl.evaluation.metrics.map_table import ScoringFacts, class_table, coco_table, map_table

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
