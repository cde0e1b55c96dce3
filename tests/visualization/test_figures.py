import matplotlib
import numpy as np
import pytest
from matplotlib import pyplot
from matplotlib.image import imread

from mmacl.visualization import figure_to_rgb, save_figure
from mmacl.visualization.figures import (
    HATCHES,
    MARKERS,
    PALETTE,
    axes_at,
    class_marker,
    class_name,
    class_style,
    hide_covered,
    labels_with_room,
    new_figure,
    save_image,
    set_title,
    tidy,
    width_of,
)


def red_half():
    """A figure whose left half is red."""
    figure = new_figure(2, 1)
    figure.set_layout_engine('none')
    figure.add_axes((0, 0, 0.5, 1), facecolor='red').set(xticks=[], yticks=[])
    return figure


def test_figure_becomes_an_rgb_array():
    image = figure_to_rgb(red_half())
    assert image.shape == (100, 200, 3)
    assert image.dtype == np.uint8
    assert image[50, 50].tolist() == [255, 0, 0]
    assert image[50, 150].tolist() == [255, 255, 255]
    image[:] = 0  # a copy of its own


def test_saved_file_shows_the_same(tmp_path):
    figure = red_half()
    save_figure(figure, tmp_path / 'new' / 'a.png')
    assert [path.name for path in (tmp_path / 'new').iterdir()] == ['a.png']
    np.testing.assert_array_equal((imread(tmp_path / 'new' / 'a.png')[..., :3] * 255).round(), figure_to_rgb(figure))


def test_image_keeps_red_red(tmp_path):
    image = np.zeros((4, 6, 3), dtype=np.uint8)
    image[..., 0] = 200
    save_image(image, tmp_path / 'a.png')
    np.testing.assert_array_equal((imread(tmp_path / 'a.png')[..., :3] * 255).round(), image)


def test_nothing_global_changes():
    before, windows = dict(matplotlib.rcParams), pyplot.get_fignums()
    figure_to_rgb(red_half())
    assert dict(matplotlib.rcParams) == before
    assert pyplot.get_fignums() == windows


def test_styles_are_distinct_for_many_classes_and_then_repeat():
    styles = [class_style(label) for label in range(len(PALETTE) * len(HATCHES))]
    assert len(set(styles)) == len(styles) == 35
    assert class_style(35) == class_style(0)


def relative_luminance(color, vision):
    """Colour as dichromats see it, by the matrices of Vienot, Brettel and Mollon (1999), linear RGB."""
    rgb = (np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255) ** 2.2
    matrix = {
        'deuteranopia': [[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]],
        'protanopia': [[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]],
    }[vision]
    return np.clip(np.array(matrix) @ rgb, 0, 1) ** (1 / 2.2)


@pytest.mark.parametrize('vision', ['deuteranopia', 'protanopia'])
def test_colours_stay_apart_for_the_colour_blind(vision):
    seen = [relative_luminance(color, vision) for color in PALETTE]
    distances = [np.linalg.norm(a - b) for i, a in enumerate(seen) for b in seen[:i]]
    assert min(distances) > 0.12


def test_class_names():
    assert class_name(1, ('a', 'b')) == 'b'
    assert class_name(7, ('a', 'b')) == class_name(7, None) == 'cluster_07'
    assert class_name(0, ('x' * 50,), 10) == 'x' * 9 + '…'
    assert class_name(0, ('cash $ and $ carry',)) == r'cash \$ and \$ carry'


def test_markers_are_distinct_for_more_than_a_hundred_classes_and_then_repeat():
    looks = [class_marker(label) for label in range(2 * len(PALETTE) * len(MARKERS))]
    assert len(set(looks)) == len(looks) == 112
    assert class_marker(112) == class_marker(0) == (PALETTE[0], 'o', True)


def test_title_and_note():
    figure = new_figure(4, 3)
    set_title(figure, 'costs $5', 'a\nb', simulated=True)
    assert figure.get_suptitle() == 'costs \\$5 · simulated\na\nb'
    set_title(figure, 'simulated already', simulated=True)
    assert figure.get_suptitle() == 'simulated already'


@pytest.mark.parametrize('layout', ['constrained', None])
def test_title_stands_at_the_top_left_whatever_the_layout(layout):
    figure = new_figure(4, 3, layout)
    figure.add_subplot() if layout else axes_at(figure, 0.5, 0.5, 3, 1.5)
    set_title(figure, 'title')
    figure.canvas.draw()
    box = figure.findobj(lambda artist: getattr(artist, 'get_text', str)() == 'title')[0].get_window_extent()
    assert 280 < box.y1 <= 300
    assert 5 < box.x0 < 15


def test_axes_stand_where_they_are_put():
    axis = axes_at(new_figure(5, 4, None), 1, 0.5, 3, 2)
    np.testing.assert_allclose(axis.get_window_extent().bounds, [100, 50, 300, 200])


def test_width_of_texts_is_that_of_the_longest():
    axis = axes_at(new_figure(5, 4, None), 0, 0, 5, 4)
    for size in (6, 11):
        drawn = axis.text(0, 0, 'Playing the bagpipes', fontsize=size).get_window_extent().width / 100
        assert width_of(['a', 'Playing the bagpipes', ''], size) == pytest.approx(drawn, rel=0.06)
    assert width_of([], 8) == 0


def test_tidy_axes_lack_what_does_not_help():
    axis = new_figure(3, 3).subplots()
    tidy(axis)
    assert [axis.spines[side].get_visible() for side in ('top', 'right', 'left', 'bottom')] == [
        False,
        False,
        True,
        True,
    ]


def test_the_important_come_first_and_none_is_close_to_another():
    assert labels_with_room([0, 1, 2, 3], [1, 9, 1, 1], 2) == [1, 3]
    assert labels_with_room([0, 1, 2, 3], [1, 1, 1, 1], 1) == [0, 1, 2, 3]
    assert labels_with_room([5, 0, 9.9], [1, 1, 1], 5) == [0, 1]
    assert labels_with_room([], [], 1) == []


def test_a_text_over_an_earlier_one_is_hidden():
    axis = new_figure(4, 4).subplots()
    texts = [axis.text(*place, 'word') for place in ((0.5, 0.5), (0.52, 0.5), (0.1, 0.1))]
    axis.figure.canvas.draw()
    assert hide_covered(texts) == [texts[0], texts[2]]
    assert [text.get_visible() for text in texts] == [True, False, True]
