"""Clustering and mAP by round."""

import numpy as np
import pytest

from mmacl.visualization import draw_round_curves, figure_to_rgb


def make_rows(num_rounds, thresholds=(0.3, 0.4, 0.5, 0.6, 0.7)):
    maps = {f'tal/mAP@{t:g}': 0.5 - t / 2 for t in thresholds}
    clusters = {'cluster/purity': 0.6, 'cluster/nmi': 0.7, 'cluster/ari': 0.4}
    streams = {'tal/rgb/mAP@0.5': 0.9}
    return [
        {'round': r, **clusters, **maps, **streams, 'tal/mAP@avg(0.3:0.7)': 0.01 * r} for r in range(1, num_rounds + 1)
    ]


def labels(axis):
    return [line.get_label() for line in axis.lines]


@pytest.mark.parametrize('num_rounds', [1, 3, 40])
@pytest.mark.parametrize('thresholds', [(0.5,), (0.3, 0.4, 0.5, 0.6, 0.7), tuple(np.arange(0.5, 1, 0.05).round(2))])
def test_legible_for_any_number_of_rounds_and_thresholds(check_legible, num_rounds, thresholds):
    figure = draw_round_curves(make_rows(num_rounds, thresholds), simulated=True)
    check_legible(figure)
    assert figure.get_suptitle() == 'Round by round · simulated'
    assert len(figure.axes[1].lines) == min(len(thresholds), 6) + 1


def test_lines_hold_the_figures_of_the_rows_and_none_of_single_streams():
    left, right = draw_round_curves(make_rows(3)).axes[:2]
    assert labels(left) == ['purity', 'NMI', 'ARI']
    assert labels(right) == [*(f'tIoU {t}' for t in (0.3, 0.4, 0.5, 0.6, 0.7)), 'average (0.3:0.7)']
    np.testing.assert_allclose(left.lines[0].get_ydata(), [0.6] * 3)
    np.testing.assert_allclose(right.lines[-1].get_ydata(), [1, 2, 3])
    assert left.get_ylim() == (0, 1)
    looks = [(line.get_color(), line.get_marker()) for line in right.lines]
    assert len(set(looks)) == len(looks)


def test_rows_that_say_simulated_are_believed():
    rows = [{**row, 'simulated': True} for row in make_rows(2)]
    assert 'simulated' in draw_round_curves(rows).get_suptitle()
    assert 'simulated' not in draw_round_curves(make_rows(2)).get_suptitle()


@pytest.mark.parametrize('rows', [[], [{'round': 1}], [{'round': 1, 'tal/mAP@0.5': 0.2}, {'round': 2}]])
def test_what_was_not_measured(check_legible, rows):
    figure = draw_round_curves(rows)
    assert 'no clustering was measured' in [text.get_text() for text in check_legible(figure)]
    if len(rows) == 2:
        assert np.isnan(figure.axes[1].lines[0].get_ydata()).tolist() == [False, True]


def test_below_chance_is_seen():
    rows = [{'round': 1, 'cluster/ari': -0.2}]
    assert draw_round_curves(rows).axes[0].get_ylim()[0] < -0.2


def test_drawing_is_repeatable():
    first, second = (figure_to_rgb(draw_round_curves(make_rows(3))) for _ in range(2))
    np.testing.assert_array_equal(first, second)
