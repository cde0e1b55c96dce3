"""Fig. 4."""

import numpy as np
import pytest

from mmacl.clustering import gaussian_affinity
from mmacl.visualization import draw_affinity, figure_to_rgb
from mmacl.visualization.affinity_plot import affinity_image


def words(figure):
    return [text.get_text() for axis in figure.axes for text in axis.texts]


@pytest.mark.parametrize(('videos', 'classes'), [(1, 1), (2, 2), (200, 20), (1700, 100)])
def test_legible_at_any_size(make_videos, check_legible, videos, classes):
    rows, of_video, _, names = make_videos(videos, classes)
    figure = draw_affinity(rows, of_video, names, simulated=True)
    texts = [text.get_text() for text in check_legible(figure)]
    assert f'{videos:,} video' in texts[0] or any(f'{videos:,} video' in text for text in texts)
    assert ('each point is the mean over about 2 × 2 videos' in figure.get_suptitle()) == (videos > 800)
    named = sum(text in names for text in texts)
    assert named == len(np.unique(of_video)) if classes <= 20 else 20 <= named < 100


def test_videos_are_in_the_order_of_their_class_and_those_without_come_last(make_videos):
    rows, _, _, _ = make_videos(5, 2)
    classes = np.array([1, -1, 0, 1, 0])
    figure = draw_affinity(rows, classes, ('a', 'b'), rounds=[2])
    order = [2, 4, 0, 3, 1]
    drawn = figure.axes[0].images[0].get_array()
    expected = affinity_image(rows[2][order], classes[order]).values
    np.testing.assert_allclose(np.ma.filled(drawn, np.nan), expected)
    assert words(figure) == ['a', 'b', 'none']


def test_first_and_last_round_share_one_scale_that_leaves_the_diagonal_out(make_videos):
    rows, classes, _, names = make_videos(60, 3)
    figure = draw_affinity(rows, classes, names)
    first, last, scale = figure.axes
    assert [axis.get_title(loc='left').split(' ·')[0] for axis in (first, last)] == ['round 1', 'round 3']
    assert first.images[0].get_clim() == last.images[0].get_clim()
    assert scale.get_ylabel() == 'affinity'
    low, high = first.images[0].get_clim()
    off = np.concatenate([affinity_image(rows[r], classes).values[~np.eye(60, dtype=bool)] for r in (1, 3)])
    np.testing.assert_allclose([low, high], np.percentile(off, (0.5, 99.5)), rtol=1e-6)
    assert high < 1


def test_means_of_pairs_stand_above_each_round(make_videos):
    rows, classes, _, names = make_videos(60, 3)
    image = affinity_image(rows[3][np.argsort(classes, kind='stable')], np.sort(classes))
    title = draw_affinity(rows, classes, names).axes[1].get_title(loc='left')
    assert title == f'round 3 · mean {image.within:.3f} within, {image.between:.3f} between'


def test_rounds_can_be_chosen_and_one_stands_once(make_videos):
    rows, classes, _, names = make_videos(20, 3)
    assert len(draw_affinity(rows, classes, names, rounds=[3, 2, 1]).axes) == 4
    assert len(draw_affinity({1: rows[1]}, classes, names).axes) == 2


@pytest.mark.parametrize('rows', [np.ones((9, 3)), np.zeros((9, 3))])
def test_videos_that_are_all_the_same(rows):
    figure = draw_affinity({1: rows}, np.zeros(9, dtype=int))
    low, high = figure.axes[0].images[0].get_clim()
    assert low < 1 < high
    assert 'cluster_00' in words(figure)
    figure_to_rgb(figure)


def test_title_says_how_videos_are_ordered_and_that_they_are_simulated(make_videos):
    rows, classes, _, _ = make_videos(20, 3)
    assert draw_affinity(rows, classes).get_suptitle() == 'Affinity of 20 videos, ordered by class'
    title = draw_affinity(rows, classes, ordered_by='cluster of round 3', simulated=True).get_suptitle()
    assert title == 'Affinity of 20 videos, ordered by cluster of round 3 · simulated'


def test_drawing_is_repeatable(make_videos):
    rows, classes, _, names = make_videos(40, 4)
    first, second = (figure_to_rgb(draw_affinity(rows, classes, names)) for _ in range(2))
    np.testing.assert_array_equal(first, second)


GROUPS = np.array([0, 0, 0, 2, 2, 5, 5])


@pytest.fixture
def rows():
    return np.random.default_rng(0).normal(size=(7, 4))


@pytest.mark.parametrize('size', [1, 2, 3, 7, 50])
def test_blocks_are_means_over_pairs_of_different_videos(rows, size):
    image = affinity_image(rows, GROUPS, max_size=size)
    affinity = gaussian_affinity(rows)
    size = min(size, 7)
    block = [max(b for b in range(size) if b * 7 // size <= video) for video in range(7)]
    assert image.values.shape == (size, size)
    assert image.values.dtype == np.float32
    for a in range(size):
        for b in range(size):
            pairs = [affinity[i, j] for i in range(7) for j in range(7) if (block[i], block[j]) == (a, b) and i != j]
            expected = np.mean(pairs) if pairs else np.nan
            assert image.values[a, b] == pytest.approx(expected, rel=1e-6, nan_ok=True)


def test_means_within_and_between_groups(rows):
    image = affinity_image(rows, GROUPS)
    affinity = gaussian_affinity(rows)
    pairs = [(i, j) for i in range(7) for j in range(7) if i != j]
    assert image.within == pytest.approx(np.mean([affinity[p] for p in pairs if GROUPS[p[0]] == GROUPS[p[1]]]))
    assert image.between == pytest.approx(np.mean([affinity[p] for p in pairs if GROUPS[p[0]] != GROUPS[p[1]]]))


def test_what_has_no_pair_is_not_a_number():
    one = affinity_image(np.ones((1, 3)), np.array([4]))
    assert np.isnan(one.values).all()
    assert np.isnan([one.within, one.between]).all()
    alone = affinity_image(np.eye(3), np.arange(3))
    assert np.isnan(alone.within)
    assert np.isfinite(alone.between)


def test_sigma_is_that_of_the_affinity(rows):
    image = affinity_image(rows, GROUPS, sigma=0.5)
    np.testing.assert_allclose(image.values[0, 1], gaussian_affinity(rows, 0.5)[0, 1], rtol=1e-6)
