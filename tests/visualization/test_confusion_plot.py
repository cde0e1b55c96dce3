"""Clusters against classes."""

import numpy as np
import pytest
from matplotlib.patches import Rectangle

from mmacl.evaluation import count_confusion
from mmacl.visualization import draw_confusion, figure_to_rgb


def frames(axis):
    """(row, column) of each frame."""
    return [(int(p.get_y() + 0.5), int(p.get_x() + 0.5)) for p in axis.patches if isinstance(p, Rectangle)]


def rows_of(axis):
    return [text.get_text() for text in axis.get_yticklabels()]


@pytest.mark.parametrize(
    ('videos', 'clusters', 'classes'),
    [(1, 1, 1), (1, 3, 20), (200, 20, 20), (4819, 100, 100), (900, 7, 40), (900, 40, 3)],
)
def test_legible_at_any_size(make_videos, check_legible, videos, clusters, classes):
    _, of_video, in_cluster, names = make_videos(videos, classes, num_clusters=clusters)
    counts = count_confusion(np.eye(clusters, dtype=bool)[in_cluster], of_video, classes)
    figure = draw_confusion(counts, names, round=2, simulated=True)
    texts = [text.get_text() for text in check_legible(figure)]
    assert len(rows_of(figure.axes[0])) == clusters
    numbers = [text for text in texts if text.isdigit()]
    if max(clusters, classes) <= 40:
        assert sorted(map(int, numbers)) == sorted(counts[counts > 0].tolist())
    else:
        assert not numbers


def test_more_clusters_than_can_be_named():
    figure = draw_confusion(np.eye(400, dtype=int), [f'class {c}' for c in range(400)])
    image = figure_to_rgb(figure)
    assert max(image.shape) < 1900
    assert 50 < len(rows_of(figure.axes[0])) < 400


def test_rows_are_in_the_order_of_their_commonest_class_and_empty_clusters_come_last():
    counts = np.array([[0, 0, 0], [1, 0, 5], [3, 2, 0], [0, 4, 1], [6, 0, 1]])
    figure = draw_confusion(counts, 'abc')
    axis = figure.axes[0]
    assert rows_of(axis) == ['cluster 4  (7)', 'cluster 2  (5)', 'cluster 3  (5)', 'cluster 1  (6)', 'cluster 0  (0)']
    assert frames(axis) == [(0, 0), (1, 0), (2, 1), (3, 2)]
    shares = np.ma.filled(axis.images[0].get_array(), 0)
    np.testing.assert_allclose(shares[1], [0.6, 0.4, 0])
    title = figure.get_suptitle()
    assert '23 videos' in title
    assert '1 cluster is empty' in title
    assert '78.3% of videos' in title  # 18 of 23, the purity


def test_without_a_single_video():
    figure = draw_confusion(np.zeros((2, 2), dtype=int), 'ab')
    assert 'no video' in figure.get_suptitle()
    assert not frames(figure.axes[0])
    figure_to_rgb(figure)


def test_title_says_round_and_simulated():
    assert draw_confusion([[1]], 'a').get_suptitle().splitlines()[0] == 'Clusters against classes'
    title = draw_confusion([[1]], 'a', round=3, simulated=True).get_suptitle()
    assert title.splitlines()[0] == 'Clusters against classes · round 3 · simulated'


def test_drawing_is_repeatable(make_videos):
    _, of_video, in_cluster, names = make_videos(50, 4)
    counts = count_confusion(np.eye(4, dtype=bool)[in_cluster], of_video, 4)
    first, second = (figure_to_rgb(draw_confusion(counts, names)) for _ in range(2))
    np.testing.assert_array_equal(first, second)
