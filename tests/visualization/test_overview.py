import numpy as np
import pytest
from matplotlib.collections import PolyCollection

from mmacl.visualization import draw_overview, figure_to_rgb

NAMES = ('run', 'jump', 'throw $', 'swim')


def video(index, rows=(), duration=60.0, ambiguous=()):
    truth = {
        'segments': np.array([row[:2] for row in rows], dtype=np.float64).reshape(-1, 2),
        'labels': np.array([row[2] for row in rows], dtype=np.int64),
    }
    unclear = {'segments': np.array(ambiguous, dtype=np.float64).reshape(-1, 2)}
    return {'video_name': f'v_{index}', 'duration': duration, 'gt_instances': truth, 'gt_ambiguous': unclear}


def spans(axis):
    bars = [c for c in axis.collections if isinstance(c, PolyCollection)]
    return sorted((p.vertices[:, 0].min(), p.vertices[:, 0].max()) for c in bars for p in c.get_paths())


def test_a_row_a_video_with_its_most_frequent_classes():
    rows = [(1, 2, 0), (3, 4, 0), (5, 6, 1), (7, 8, 2), (9, 10, 3)]
    figure = draw_overview([video(0, rows), video(1, duration=None)], NAMES, 'title $')
    (axis,) = figure.axes
    assert [t.get_text() for t in axis.get_yticklabels()] == ['v_0', 'v_1']
    assert [t.get_text() for t in axis.texts] == ['run, jump, throw \\$, +1', '']
    assert spans(axis) == [(0, 60), (1, 2), (3, 4), (5, 6), (7, 8)]
    assert figure.get_suptitle() == 'title \\$'
    figure_to_rgb(figure)


def test_ambiguous_segments_are_drawn_too():
    axis = draw_overview([video(0, [(1, 2, 0)], None, [(3, 9)])], NAMES).axes[0]
    assert spans(axis) == [(1, 2), (3, 9)]


def test_evenly_picked_where_there_are_thousands():
    figure = draw_overview([video(index) for index in range(4441)], NAMES, 'all')
    names = [t.get_text() for t in figure.axes[0].get_yticklabels()]
    assert (len(names), names[0], names[-1]) == (50, 'v_0', 'v_4440')
    assert figure.get_suptitle() == 'all · 50 of 4441 shown'
    assert figure_to_rgb(figure).shape[0] < 1500


@pytest.mark.parametrize('samples', [[], [video(0, duration=None)], [{}]])
def test_nothing_to_draw(samples):
    figure_to_rgb(draw_overview(samples))
