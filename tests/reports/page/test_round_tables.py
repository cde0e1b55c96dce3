"""Figures of the rounds reach their cells."""

from __future__ import annotations

import numpy as np

from mmacl.reports.page.round_tables import key_figures, round_tables, thresholds_of

ROW = {
    'round': 1,
    'cluster/purity': 0.5,
    'cluster/accuracy': 0.25,
    'cluster/nmi': 0.75,
    'agnostic/mAP@0.5': 0.9,
    'tal/mAP@0.3': 0.4,
    'tal/mAP@0.5': 0.2,
    'tal/mAP@avg(0.3:0.5)': 0.3,
    'tal/rgb/mAP@0.3': 0.1,
    'proposal/AR@10': 0.6,
    'simulated': True,
}


def test_tables():
    clusters, localization, others = round_tables([ROW, {**ROW, 'round': 2, 'tal/mAP@0.5': 0.21}])
    assert clusters.heading == ['Round', 'Purity', 'NMI', '1:1 accuracy']
    assert clusters.rows == [['1', '0.500', '0.750', '0.250'], ['2', '0.500', '0.750', '0.250']]
    assert clusters.strong == {1}
    assert localization.heading == ['Round', 'Stream', '0.3', '0.5', 'avg(0.3:0.5)']
    assert localization.rows == [
        ['1', 'fused', '40.00', '20.00', '30.00'],
        ['1', 'rgb', '10.00', '-', '-'],
        ['2', 'fused', '40.00', '21.00', '30.00'],
        ['2', 'rgb', '10.00', '-', '-'],
    ]
    assert localization.strong == {2}
    assert others.rows == [['agnostic/mAP@0.5', '0.900', '0.900'], ['proposal/AR@10', '0.600', '0.600']]


def test_chance_and_whole_videos_stand_below():
    row = ROW | {'chance/purity': 0.1, 'chance/nmi': 0.2, 'tal/whole-video/mAP@0.5': 0.05}
    clusters, localization, others = round_tables([ROW, row])
    assert clusters.rows[-1] == ['chance', '0.100', '0.200', '-']
    assert clusters.strong == {1}
    assert localization.rows[-1] == ['1', 'whole-video', '-', '5.00', '-']
    assert not [key for key, *_ in others.rows if 'chance' in key]


def test_empty_clusters_are_named():
    memberships = {1: np.eye(5, dtype=bool)[[2, 1, 0, 2, 2]], 2: np.eye(5, dtype=bool)}
    (table,) = round_tables([{'round': 1}, {'round': 2}], memberships)
    assert table.heading == ['Round', 'Clusters', 'Smallest', 'Median', 'Largest', 'Empty clusters']
    assert table.rows == [['1', '5', '0', '1', '3', '3, 4'], ['2', '5', '1', '1', '1', 'none']]


def test_one_stream_needs_no_column():
    (table,) = round_tables([{'round': 1, 'tal/mAP@0.5': 0.2}])
    assert (table.heading, table.rows, table.texts) == (['Round', '0.5'], [['1', '20.00']], 1)


def test_nothing_measured_is_no_table():
    assert round_tables([{'round': 1}]) == key_figures([{'round': 1}]) == thresholds_of([{'round': 1}]) == []


def test_a_metric_by_another_name_is_found():
    row = {'round': 1, 'mine/mAP@0.4': 0.2, 'mine/mAP@avg(0.4:0.4)': 0.2}
    assert round_tables([row])[0].heading == ['Round', '0.4', 'avg(0.4:0.4)']
    assert thresholds_of([row]) == [0.4]


def test_key_figures_and_thresholds():
    assert [(figure.name, figure.last) for figure in key_figures([ROW])] == [
        ('mAP@0.5 (%)', '20.0'),
        ('mAP@avg(0.3:0.5) (%)', '30.0'),
        ('Purity', '0.500'),
        ('NMI', '0.750'),
    ]
    assert thresholds_of([ROW]) == [0.3, 0.5]


def test_without_the_threshold_of_one_half_the_middle_one_stands_above():
    row = {'round': 1, **{f'tal/mAP@{t}': t for t in (0.1, 0.2, 0.3)}}
    assert [figure.name for figure in key_figures([row])] == ['mAP@0.2 (%)']
