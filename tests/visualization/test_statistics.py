import numpy as np
import pytest

from mmacl.visualization import draw_statistics, figure_to_rgb


def test_every_instance_is_counted_once(texts):
    rng = np.random.default_rng(0)
    lengths, labels = np.exp(rng.normal(1, 1, 500)), rng.integers(0, 3, 500)
    figure = draw_statistics(lengths, labels, ('a', 'b', 'c', 'd'), 'title $')
    histogram, bars = figure.axes
    assert sum(patch.get_height() for patch in histogram.patches) == 500
    assert [patch.get_width() for patch in bars.patches] == np.bincount(labels, minlength=4).tolist()
    assert texts(figure)[0] == r'title \$'
    assert [t.get_text() for t in bars.get_yticklabels()] == ['a', 'b', 'c', 'd']
    figure_to_rgb(figure)


@pytest.mark.parametrize('lengths', [[], [2.0], [2.0, 2.0], [0.0], [0.001, 4000.0]])
def test_few_and_strange_lengths(lengths):
    figure = draw_statistics(lengths, [0] * len(lengths), ('a',))
    histogram = figure.axes[0]
    assert sum(patch.get_height() for patch in histogram.patches) == sum(length > 0 for length in lengths)
    figure_to_rgb(figure)


def test_a_hundred_classes_make_a_longer_figure():
    few, many = (figure_to_rgb(draw_statistics([1.0], [0], [f'class {i}' for i in range(n)])) for n in (5, 100))
    assert many.shape[0] > 3 * few.shape[0]
