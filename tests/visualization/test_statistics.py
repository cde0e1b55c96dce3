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


@pytest.mark.parametrize(('num_classes', 'columns'), [(1, 1), (35, 1), (36, 2), (100, 3), (200, 6)])
def test_many_classes_stand_in_columns_of_one_scale(num_classes, columns):
    labels = np.arange(num_classes).repeat(np.arange(num_classes) % 7)
    figure = draw_statistics(np.ones(len(labels)), labels, [f'class {i}' for i in range(num_classes)])
    _, *bars = figure.axes
    assert len(bars) == columns
    assert [t.get_text() for axis in bars for t in axis.get_yticklabels()] == [f'class {i}' for i in range(num_classes)]
    assert [p.get_width() for axis in bars for p in axis.patches] == [i % 7 for i in range(num_classes)]
    assert len({axis.get_xlim() for axis in bars}) == 1
    height, width, _ = figure_to_rgb(figure).shape
    assert height <= 1300
    assert 0.5 < width / height < 3


def test_instances_without_length_are_said():
    (legend,) = [axis.get_legend() for axis in draw_statistics([0.0, 2.0, 3.0], [0, 0, 0], ('a',)).axes[:1]]
    assert legend.get_title().get_text() == 'mean 2.5 s, 1 without length'


def test_ticks_do_not_crowd():
    for lengths in ([0.01, 200.0], [0.5, 30.0], [0.001, 4000.0]):
        histogram = draw_statistics(lengths, [0, 0], ('a',)).axes[0]
        assert 3 <= len(histogram.get_xticks()) <= 10
