import numpy as np
import pytest
from matplotlib.collections import PolyCollection

from mmacl.visualization.figures import new_figure
from mmacl.visualization.panels import MAX_CLASSES, CurvePanel, DetectionPanel, EmptyPanel, TruthPanel, pack_lanes


def draw(panel):
    axis = new_figure(8, panel.height + 1).subplots()
    panel.draw(axis)
    axis.figure.canvas.draw()
    return axis


def spans(axis, filled=True):
    """Starts and ends of what is drawn as bars."""
    bars = [c for c in axis.collections if isinstance(c, PolyCollection) and bool(len(c.get_facecolor())) == filled]
    return sorted((p.vertices[:, 0].min(), p.vertices[:, 0].max()) for c in bars for p in c.get_paths())


def words(axis):
    return [t.get_text() for t in axis.texts], [t.get_text() for t in axis.get_yticklabels()]


def test_lanes_are_filled_in_order_without_overlap():
    lanes = pack_lanes([(0, 4), (3, 6), (4, 5), (3, 5), (3.5, 9), (6, 7)], max_lanes=3)
    assert lanes.tolist() == [0, 1, 0, 2, -1, 0]
    assert pack_lanes(np.empty((0, 2))).tolist() == []


def test_lanes_never_overlap_on_random_segments():
    rng = np.random.default_rng(0)
    start = rng.uniform(0, 50, 100)
    segments = np.stack([start, start + rng.uniform(0, 9, 100)], axis=1)
    lanes = pack_lanes(segments)
    for lane in range(3):
        inside = segments[lanes == lane]
        inside = inside[inside[:, 0].argsort()]
        assert (inside[1:, 0] >= inside[:-1, 1]).all()
    assert (lanes >= 0).sum() > 25


def test_truth_has_a_row_a_class_and_a_bar_an_instance():
    panel = TruthPanel(np.array([[0.0, 2], [3, 4], [5, 9]]), np.array([4, 1, 4]), ('a', 'b', 'c', 'd', 'e'))
    axis = draw(panel)
    assert panel.classes == [4, 1]
    assert words(axis) == (['ground truth\n3 instances'], ['e', 'b'])
    assert spans(axis) == [(0, 2), (3, 4), (5, 9)]


@pytest.mark.parametrize(('count', 'text'), [(0, '0 instances'), (1, '1 instance')])
def test_few_instances(count, text):
    axis = draw(TruthPanel(np.array([[0.0, 2]])[:count], np.array([0])[:count], None))
    assert words(axis)[0] == [f'ground truth\n{text}']


def detections(n, num_classes=1, **kwargs):
    starts = np.arange(n) * 2.0
    return DetectionPanel(
        np.stack([starts, starts + 1], axis=1), np.arange(n) % num_classes, np.linspace(0, -1, n), None, **kwargs
    )


def test_only_the_best_detections_are_shown():
    panel = detections(10, max_detections=4)
    axis = draw(panel)
    assert spans(axis) == [(0, 1), (2, 3), (4, 5), (6, 7)]
    assert words(axis)[0] == ['detections\n4 of 10 shown']


def test_better_detections_are_stronger_and_all_are_visible():
    panel = detections(5)
    assert panel.strengths.tolist() == sorted(panel.strengths.tolist(), reverse=True)
    assert panel.strengths[0] == pytest.approx(1)
    assert panel.strengths[-1] == pytest.approx(0.3)
    assert DetectionPanel(np.array([[0.0, 1]]), np.array([0]), np.array([-3.0]), None).strengths.tolist() == [1.0]


def test_equal_scores_are_all_strong():
    panel = DetectionPanel(np.array([[0.0, 1], [2, 3]]), np.zeros(2, dtype=int), np.zeros(2), None)
    assert panel.strengths.tolist() == [1, 1]
    draw(panel)


def test_classes_of_the_truth_come_first_in_their_order():
    assert detections(4, 4, first_classes=[3, 9, 2]).classes == [3, 2, 0, 1]
    assert len(detections(30, 30).rows) == MAX_CLASSES


def test_overlapping_detections_get_lanes_and_a_higher_panel():
    segments = np.array([[0.0, 5], [1, 6], [2, 7], [3, 8]])
    stacked = DetectionPanel(segments, np.zeros(4, dtype=int), np.arange(4.0), None)
    assert stacked.num_shown == 3
    assert stacked.height > detections(3).height
    assert words(draw(stacked))[0] == ['detections\n3 of 4 shown']
    assert spans(draw(stacked)) == [(1, 6), (2, 7), (3, 8)]  # the worst found no room


def test_no_detections():
    panel = detections(0)
    assert words(draw(panel)) == (['detections\nnone'], [])


@pytest.mark.parametrize('values', [[1.0, -2.0, 0.5], [0.0, 0.0, 0.0], [-1.0, -1.0, -1.0], [1e-9, 2e-9, 0.0]])
def test_curve_stays_inside_its_panel(values):
    panel = CurvePanel(np.array(values), np.arange(4.0), 'A', '#0072B2', np.array([[0.5, 1.5]]))
    axis = draw(panel)
    low, high = axis.get_ylim()
    assert low <= min(*values, 0) <= max(*values, 0) <= high
    assert low < high
    assert words(axis)[0] == ['A']


def test_curve_of_one_snippet_without_truth():
    draw(CurvePanel(np.array([0.5]), np.array([0.0, 0.64]), 'S', '#999999', np.empty((0, 2))))


def test_empty_panel_says_so():
    assert 'nothing is known' in words(draw(EmptyPanel()))[0][0]


def test_the_text_of_a_panel_can_be_chosen():
    assert words(draw(detections(2, text='round 3')))[0] == ['round 3\n2 of 2 shown']
    assert words(draw(detections(0, text='round 3')))[0] == ['round 3\nnone']
