"""Videos on a plane."""

import numpy as np
import pytest
from matplotlib.text import Text

from mmacl.visualization import draw_embedding, embed_videos, figure_to_rgb


def legend(figure):
    return [text.get_text() for found in figure.legends for text in found.get_texts()]


@pytest.mark.parametrize(('videos', 'classes'), [(1, 1), (3, 2), (200, 20), (4819, 100)])
def test_legible_at_any_size(make_videos, check_legible, videos, classes):
    rows, of_video, _, names = make_videos(videos, classes)
    figure = draw_embedding(rows[3][:, :2], of_video, names, round=3, simulated=True)
    texts = [text.get_text() for text in check_legible(figure)]
    present = [names[c] for c in np.unique(of_video)]
    if classes <= 20:
        assert legend(figure) == present
    else:
        assert not legend(figure)
        assert 5 <= sum(text in present for text in texts) <= 100


def test_labels_name_the_largest_classes_first():
    rng = np.random.default_rng(0)
    classes = np.append(np.repeat(np.arange(40), np.arange(1, 41)), [-1, -1])
    points = rng.normal(size=(len(classes), 2)) * 0.01
    points[-2:] = [[-9, -9], [9, 9]]
    figure = draw_embedding(points, classes, [f'class {c}' for c in range(40)])
    visible = [text.get_text() for text in figure.findobj(Text) if text.get_visible() and 'class ' in text.get_text()]
    assert visible == ['class 39']


def test_a_class_has_a_colour_and_marker_of_its_own(make_videos):
    points = np.random.default_rng(0).normal(size=(20, 2))
    figure = draw_embedding(points, np.arange(20))
    looks = set()
    for drawn in figure.axes[0].collections:
        looks.add((tuple(drawn.get_facecolor()[0]), len(drawn.get_paths()[0].vertices)))
    assert len(looks) == 20


def test_videos_without_a_class_are_grey_and_named(make_videos):
    points = np.arange(8.0).reshape(4, 2)
    figure = draw_embedding(points, np.array([0, -1, -1, 1]), ('a', 'b'))
    assert legend(figure) == ['none', 'a', 'b']
    assert not legend(draw_embedding(points, np.full(4, -1)))


@pytest.mark.parametrize('points', [np.zeros((3, 2)), np.array([[0.0, 1], [5, 1], [9, 1]])])
def test_points_on_one_spot_or_line(points, recwarn):
    figure_to_rgb(draw_embedding(points, np.zeros(3, dtype=int), ('a',)))
    assert not recwarn.list


def test_title(make_videos):
    title = draw_embedding(np.zeros((2, 2)), [0, 1], what='cluster of round 2', round=2, simulated=True).get_suptitle()
    assert title.splitlines() == [
        '2 videos by representation · round 2 · simulated',
        'similar videos are neighbours; colour and marker: cluster of round 2',
    ]


def test_drawing_is_repeatable(make_videos):
    rows, classes, _, names = make_videos(300, 40)
    first, second = (figure_to_rgb(draw_embedding(rows[1][:, :2], classes, names)) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_videos_of_a_class_are_neighbours(make_videos):
    rows, classes, _, _ = make_videos(120, 4, rounds=(9,))
    points = embed_videos(rows[9])
    assert points.shape == (120, 2)
    nearest = [np.square(points - p).sum(axis=1).argsort()[1] for p in points]
    assert np.mean(classes[nearest] == classes) > 0.95


def test_the_seed_decides():
    rows = np.random.default_rng(0).normal(size=(80, 60))
    np.testing.assert_array_equal(embed_videos(rows, 3), embed_videos(rows, 3))
    assert (embed_videos(rows, 3) != embed_videos(rows, 4)).any()


@pytest.mark.parametrize('shape', [(1, 5), (2, 5), (9, 5), (3, 1), (30, 1), (10, 2), (12, 300)])
def test_few_videos_or_dimensions(shape):
    points = embed_videos(np.random.default_rng(0).normal(size=shape))
    assert points.shape == (shape[0], 2)
    assert np.isfinite(points).all()


def test_a_handful_keeps_its_distances():
    rows = np.zeros((4, 7))
    rows[:, 2] = [0, 1, 2, 4]
    rows[:, 5] = [0, 1, 0, 0]
    points = embed_videos(rows)
    expected = np.linalg.norm(rows[:, None] - rows, axis=-1)
    np.testing.assert_allclose(np.linalg.norm(points[:, None] - points, axis=-1), expected, atol=1e-5)


def test_videos_that_are_all_the_same_stay_together():
    assert not embed_videos(np.full((50, 8), 0.3)).any()


@pytest.mark.parametrize('num_distinct', [2, 3, 11])
def test_videos_that_are_the_same_in_part(num_distinct):
    rows = np.random.default_rng(0).normal(size=(num_distinct, 8)) * 1e-3 + 0.7
    points = embed_videos(rows[np.arange(60) % num_distinct])
    assert np.isfinite(points).all()
    assert len(np.unique(points.round(3), axis=0)) >= num_distinct
