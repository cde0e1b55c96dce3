"""Tables for people."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mmacl.evaluation.metrics.map_table import ScoringFacts, class_table, map_table

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
