import matplotlib
import numpy as np
import pytest
import torch
from matplotlib import pyplot
from mmengine.structures import InstanceData

from mmacl.structures import ActionDataSample, AttentionCurve
from mmacl.visualization import draw_timeline, figure_to_rgb

NAMES = ('Diving', 'CliffDiving', 'HighJump')
FIELDS = (
    'gt_instances',
    'pred_instances',
    'class_specific_attention',
    'class_agnostic_attention',
    'video_scores',
)


def test_everything_that_is_known_is_drawn(make_sample, texts):
    found = texts(draw_timeline(make_sample(), NAMES))
    assert found[0] == 'video_7 · 60 s'
    assert 'ground truth\n3 instances' in found
    assert 'detections\n6 of 6 shown' in found
    assert 'A, cluster 1\np = 0.60' in found
    assert 'S' in found
    assert {'Diving', 'CliffDiving', 'HighJump'} <= set(found)


@pytest.mark.parametrize('missing', FIELDS)
def test_any_field_may_be_missing(make_sample, missing):
    whole, part = draw_timeline(make_sample(), NAMES), draw_timeline(make_sample(without=[missing]), NAMES)
    assert len(part.axes) == len(whole.axes) - 1
    figure_to_rgb(part)


def test_a_curve_without_class_agnostic_attention_has_no_such_panel(texts):
    curve = AttentionCurve(np.ones(4), None, 2, 0.7, 1.0, 0.0, 4.0)
    found = texts(draw_timeline({'attention_curve': curve, 'num_snippets': 4}))
    assert 'A, cluster 2\np = 0.70' in found
    assert not [text for text in found if text.startswith('S,')]


def test_a_dict_of_arrays_is_drawn_like_a_sample(make_sample):
    sample = make_sample()
    fields = {**dict(sample.metainfo_items()), **dict(sample.items())}
    for name in ('gt_instances', 'pred_instances'):
        fields[name] = dict(fields[name].items())
    np.testing.assert_array_equal(
        figure_to_rgb(draw_timeline(fields, NAMES)), figure_to_rgb(draw_timeline(sample, NAMES))
    )


def test_nothing_at_all(texts):
    figure = draw_timeline(ActionDataSample())
    assert len(figure.axes) == 1
    assert any('nothing is known' in text for text in texts(figure))
    figure_to_rgb(figure)


def test_parts_can_be_left_out(make_sample):
    assert len(draw_timeline(make_sample(), NAMES, draw_gt=False).axes) == 3
    assert len(draw_timeline(make_sample(), NAMES, draw_pred=False).axes) == 1


@pytest.mark.parametrize('num_instances', [0, 1, 8, 128])
def test_legible_from_none_to_many_instances(make_sample, num_instances):
    figure = draw_timeline(make_sample(num_instances, num_instances * 2, duration=1400.0), NAMES)
    image = figure_to_rgb(figure)
    assert 1000 <= image.shape[1] <= 1800
    # Every instance leaves ink of its own: the top panel changes colour at least twice an instance along a row.
    truth = figure.axes[0].get_window_extent()
    row = image[int(image.shape[0] - truth.y1 + 0.5 * truth.height / max(min(num_instances, 2), 1))]
    changes = (np.abs(np.diff(row[int(truth.x0) : int(truth.x1)].astype(int), axis=0)).sum(axis=1) > 30).sum()
    assert changes >= 2 * num_instances / max(min(num_instances, 2), 1)


def test_time_runs_to_the_end_of_the_video(make_sample):
    assert draw_timeline(make_sample(duration=90.0)).axes[0].get_xlim() == (0, 90)
    without = make_sample()
    without.set_metainfo({'duration': None, 'snippet_duration': 2.0, 'offset': 1.0})
    assert draw_timeline(without).axes[0].get_xlim() == (0, 121)
    past_the_end = make_sample(without=['pred_instances'])
    past_the_end.gt_instances = InstanceData(segments=np.array([[50.0, 75.0]]), labels=np.array([0]))
    assert draw_timeline(past_the_end).axes[0].get_xlim() == (0, 75)


@pytest.mark.parametrize(
    ('meta', 'argument', 'expected'), [({}, False, False), ({'simulated': True}, False, True), ({}, True, True)]
)
def test_simulated_stands_in_the_title(make_sample, meta, argument, expected):
    title = draw_timeline(make_sample(**meta), simulated=argument).get_suptitle()
    assert ('simulated' in title) == expected


def test_names_that_look_like_formulas_and_long_ones(make_sample, recwarn):
    sample = make_sample(video_name='a$b_$^{' + 'x' * 200)
    image = figure_to_rgb(draw_timeline(sample, ('$x_', 'y' * 80, 'a$b$c')))
    assert image.shape[1] < 1900
    assert not recwarn.list


def test_tensors_of_any_kind(make_sample):
    sample = make_sample()
    plain = figure_to_rgb(draw_timeline(sample, NAMES))
    sample.class_agnostic_attention = sample.class_agnostic_attention.bfloat16().requires_grad_()
    sample.gt_instances = InstanceData(
        segments=torch.tensor(sample.gt_instances.segments), labels=torch.tensor(sample.gt_instances.labels)
    )
    assert figure_to_rgb(draw_timeline(sample, NAMES)).shape == plain.shape


def test_ten_thousand_snippets(make_sample):
    sample = make_sample()
    sample.set_metainfo({'duration': 6400.0, 'num_snippets': 10_000, 'snippet_duration': 0.64})
    sample.class_specific_attention = torch.randn(10_000, 4)
    sample.class_agnostic_attention = torch.rand(10_000)
    figure_to_rgb(draw_timeline(sample))


def test_drawing_is_repeatable_and_changes_nothing_global(make_sample):
    settings, windows, backend = dict(matplotlib.rcParams), pyplot.get_fignums(), pyplot.get_backend()
    first, second = (figure_to_rgb(draw_timeline(make_sample(), NAMES)) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    assert (dict(matplotlib.rcParams), pyplot.get_fignums(), pyplot.get_backend()) == (settings, windows, backend)


def found_in_round(round_):
    """Detections of a round: as many as its number, of one class."""
    starts = np.arange(round_) * 10.0
    return InstanceData(
        segments=np.stack([starts, starts + 5], axis=1), labels=np.full(round_, 1), scores=np.linspace(1, 0.5, round_)
    )


def test_each_round_has_a_panel_of_its_own_in_order(make_sample, texts, check_legible):
    rounds = {3: found_in_round(3), 1: found_in_round(1), 2: found_in_round(0)}
    figure = draw_timeline(make_sample(), NAMES, rounds=rounds)
    assert len(figure.axes) == 1 + 3 + 2
    panels = [text for text in texts(figure) if text.startswith(('round', 'detections'))]
    assert panels == ['round 1\n1 of 1 shown', 'round 2\nnone', 'round 3\n3 of 3 shown']
    check_legible(figure)
    assert len(draw_timeline(make_sample(), NAMES, rounds=rounds, draw_pred=False).axes) == 1


def test_time_reaches_the_last_detection_of_any_round(make_sample):
    sample = make_sample(duration=20.0)
    assert draw_timeline(sample, rounds={1: found_in_round(1), 2: found_in_round(4)}).axes[0].get_xlim() == (0, 35)


def test_curves_of_a_record_look_like_those_of_a_model(make_sample):
    sample = make_sample()
    drawn = figure_to_rgb(draw_timeline(sample, NAMES))
    curve = AttentionCurve(
        class_specific=sample.class_specific_attention[:, 1].numpy(),
        class_agnostic=sample.class_agnostic_attention.numpy(),
        cluster=1,
        video_score=0.6,
        snippet_duration=1.0,
        offset=0.0,
        duration=60.0,
    )
    recorded = make_sample(without=FIELDS[2:])
    recorded.attention_curve = curve
    np.testing.assert_array_equal(figure_to_rgb(draw_timeline(recorded, NAMES)), drawn)


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
