"""Columns of a table of mAP."""

from __future__ import annotations

import numpy as np
import pytest

from mmacl.evaluation.metrics.tiou_columns import TIoUColumns, usual_averages
from mmacl.utils import InputError


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


def test_thresholds_with_rounding_errors_are_meant():
    columns = TIoUColumns(np.arange(0.5, 1.0, 0.05), ((0.5, 0.95),))
    got = columns.of(np.arange(10.0))
    assert list(got)[1] == '0.55'
    assert got['avg(0.5:0.95)'] == 4.5


@pytest.mark.parametrize(
    ('averages', 'message'),
    [(((0.3, 0.8),), '0.8 is not among the thresholds 0.3, 0.5'), (((0.5, 0.3),), 'the lower threshold comes first')],
)
def test_averages_that_are_none_are_refused(averages, message):
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
