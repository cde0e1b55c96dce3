import numpy as np
from mmengine.structures import InstanceData

from mmacl.structures import ActionDataSample
from mmacl.visualization import draw_timeline, figure_to_rgb


def test_ambiguous_segments_have_a_panel_of_their_own(make_sample, texts):
    sample = make_sample(num_detections=0)
    plain = draw_timeline(sample)
    sample.gt_ambiguous = InstanceData(segments=np.array([[3.0, 5.0], [70.0, 80.0]]))
    figure = draw_timeline(sample)
    assert len(figure.axes) == len(plain.axes) + 1
    assert 'ambiguous\n2 segments' in texts(figure)
    spans = [path.vertices[:, 0] for bars in figure.axes[1].collections for path in bars.get_paths()]
    assert [(x.min(), x.max()) for x in spans] == [(3.0, 5.0), (70.0, 80.0)]
    assert figure.axes[0].get_xlim()[1] == 80
    figure_to_rgb(figure)


def test_none_is_drawn_where_there_are_none_or_no_truth_is_wanted(make_sample):
    sample = make_sample()
    number = len(draw_timeline(sample).axes)
    sample.gt_ambiguous = InstanceData(segments=np.zeros((0, 2)))
    assert len(draw_timeline(sample).axes) == number
    sample.gt_ambiguous = InstanceData(segments=np.ones((1, 2)))
    assert len(draw_timeline(sample, draw_gt=False).axes) == number - 1


def test_it_may_stand_alone():
    sample = ActionDataSample()
    sample.gt_ambiguous = InstanceData(segments=np.array([[1.0, 2.0]]))
    figure_to_rgb(draw_timeline(sample))
