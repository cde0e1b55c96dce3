"""Pictures of an error analysis."""

from __future__ import annotations

import numpy as np
import pytest

from mmacl.evaluation import SegmentTable
from mmacl.evaluation.error_analysis import ERROR_TYPES, diagnose
from mmacl.visualization import draw_by_characteristic, draw_diagnosis, draw_false_positives, figure_to_rgb

SHARES = np.array([[0.5, 0.1, 0.1, 0.1, 0.1, 0.1], [0.0] * 6])


def test_bars_stack_to_the_whole_and_an_empty_slice_says_none():
    figure = draw_false_positives(SHARES, np.arange(5) / 100, ERROR_TYPES, 0.25, 'costs $5')
    left, right = figure.axes
    assert sum(bar.get_height() for bar in left.patches[::2]) == pytest.approx(100)
    assert [text.get_text() for text in left.texts] == ['none']
    assert [text.get_text().strip() for text in right.texts] == ['+0.0', '+1.0', '+2.0', '+3.0', '+4.0']
    assert '25.0' in right.get_xlabel()
    # The styles of neighbours differ without colour.
    styles = [(patch.get_facecolor(), patch.get_hatch()) for patch in left.patches[::2]]
    assert len(set(styles)) == 6
    figure_to_rgb(figure)


def test_bins_have_their_value_or_say_none_and_the_line_is_that_of_all():
    figure = draw_by_characteristic(
        {'length': np.array([0.2, np.nan]), 'coverage': np.array([0.4])},
        {'length': ('XS (0-3 s)', 'S (>3 s)'), 'coverage': ('XS (all)',)},
        {'length': np.array([1200, 0]), 'coverage': np.array([7])},
        0.3,
        'missed (%)',
        'Missed',
    )
    first = figure.axes[0]
    assert [text.get_text() for text in first.texts] == ['20.0', 'none']
    assert [label.get_text() for label in first.get_xticklabels()] == ['XS\n(0-3 s)\nn=1,200', 'S\n(>3 s)\nn=0']
    assert set(np.round(first.lines[0].get_ydata(), 9)) == {30.0}
    assert figure.axes[1].get_ylim() == first.get_ylim()
    figure_to_rgb(figure)


def test_nothing_found_is_drawn_too():
    nothing = {'length': np.array([0.0, np.nan])}
    figure_to_rgb(draw_by_characteristic(nothing, {'length': ('a', 'b')}, {'length': np.array([1, 0])}, 0.0, 'y', 't'))
    figure_to_rgb(draw_false_positives(np.zeros((3, 6)), np.zeros(5), ERROR_TYPES, 0.0, 't'))


def test_pictures_of_a_whole_analysis():
    truth = SegmentTable([0, 1], [[0, 10], [20, 30]], [0, 1])
    found = SegmentTable([0, 1], [[0, 10], [0, 5]], [0, 1], [0.9, 0.8])
    figures = draw_diagnosis(diagnose(truth, found, np.array([60.0, 60.0]), 2), 'tIoU 0.5')
    assert list(figures) == ['false_positives', 'sensitivity', 'missed']
    for name, figure in figures.items():
        assert 'tIoU 0.5' in figure.get_suptitle()
        assert figure.get_suptitle().lower().replace(' ', '_').startswith(name)
        assert figure_to_rgb(figure).std() > 10
