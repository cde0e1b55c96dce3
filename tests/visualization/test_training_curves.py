"""Losses by step."""

import numpy as np
import pytest

from mmacl.visualization import draw_training_curves, figure_to_rgb
from mmacl.visualization.training_curves import smooth

TERMS = ('loss_cls', 'loss_trip', 'loss_abs')


def make_losses(count, last=600, streams=('rgb', 'flow')):
    rng = np.random.default_rng(0)
    steps = np.linspace(last / max(count, 1), last, count)
    losses = {f'{s}.{t}': (steps, 9 + rng.random(count)) for s in streams for t in TERMS}
    return {'loss': (steps, 50 + rng.random(count)), **losses}


@pytest.mark.parametrize(
    ('count', 'ends'),
    [
        (0, (600,)),
        (1, (600,)),
        (12, ()),
        (12, (200, 400, 600)),
        (900, (200, 400, 600)),
        (900, tuple(range(60, 601, 60))),
    ],
)
def test_legible_for_any_number_of_values_and_rounds(check_legible, count, ends):
    figure = draw_training_curves(make_losses(count), ends, simulated=True)
    texts = [text.get_text() for text in check_legible(figure)]
    assert 'classification, Eq. (13)' in texts
    assert {'rgb', 'flow'} <= set(texts)
    assert 'simulated' in figure.get_suptitle()


def test_a_panel_a_loss_and_a_line_a_stream():
    figure = draw_training_curves(make_losses(12))
    assert [len(axis.lines) for axis in figure.axes[1:]] == [2, 2, 2]
    rgb, flow = figure.axes[1].lines
    assert (rgb.get_color(), rgb.get_linestyle(), rgb.get_marker()) != (flow.get_color(), '-', flow.get_marker())
    assert rgb.get_linestyle() != flow.get_linestyle()
    one = draw_training_curves(make_losses(12, streams=('rgb',)))
    assert [len(axis.lines) for axis in one.axes[1:]] == [1, 1, 1]


def test_a_line_never_crosses_the_border_of_a_round():
    steps = np.arange(10, 601, 10)
    values = np.where(steps <= 300, 1.0, 100.0)
    axis = draw_training_curves({'rgb.loss_cls': (steps, values)}, (300, 600)).axes[0]
    drawn = [np.asarray(line.get_ydata(), dtype=float) for line in axis.lines if len(line.get_ydata()) > 2]
    assert len(drawn) == 4  # faint and mean, of two rounds
    assert all(len(set(line.tolist())) == 1 for line in drawn)


def test_few_values_are_shown_as_they_are_and_many_as_a_mean_over_faint_ones():
    few = draw_training_curves(make_losses(12)).axes[0].lines[0]
    assert few.get_marker() == 'o'
    np.testing.assert_allclose(few.get_ydata(), make_losses(12)['loss'][1])
    many = draw_training_curves(make_losses(900))
    faint, mean = many.axes[0].lines
    assert faint.get_alpha() < 0.5
    assert np.std(mean.get_ydata()) < np.std(faint.get_ydata()) / 3
    assert 'mean over a tenth of a round' in many.get_suptitle()
    assert 'mean' not in draw_training_curves(make_losses(12)).get_suptitle()


def test_values_that_are_not_finite_are_gaps_and_counted(check_legible):
    losses = {'rgb.loss_cls': ([1, 2, 3, 4], [1.0, float('nan'), float('inf'), 2.0])}
    figure = draw_training_curves(losses, (4,))
    check_legible(figure)
    assert '2 of 4 values are not finite' in [text.get_text() for text in figure.axes[0].texts]
    assert np.isnan(figure.axes[0].lines[0].get_ydata()).tolist() == [False, True, True, False]
    nothing = draw_training_curves({'rgb.loss_cls': ([1, 2], [float('nan')] * 2)})
    figure_to_rgb(nothing)


def test_without_a_loss(check_legible):
    figure = draw_training_curves({})
    assert 'no loss was logged' in [text.get_text() for text in check_legible(figure)]


def test_smoothing_is_the_mean_of_what_is_finite_in_the_window():
    values = np.array([1.0, 2, np.nan, 4, 9])
    expected = [1.5, 1.5, np.nan, 6.5, 6.5]
    np.testing.assert_allclose(smooth(values, 3), expected)
    np.testing.assert_allclose(smooth(values, 1), values)
    np.testing.assert_allclose(smooth(np.ones(3), 9), np.ones(3))


def test_drawing_is_repeatable():
    first, second = (figure_to_rgb(draw_training_curves(make_losses(50), (300, 600))) for _ in range(2))
    np.testing.assert_array_equal(first, second)
