"""Pictures of rounds through the visualizer and its backends."""

import numpy as np
import pytest

from mmacl.evaluation import count_confusion
from mmacl.registry import VISUALIZERS
from mmacl.visualization import (
    ActionVisualizer,
    draw_affinity,
    draw_confusion,
    draw_embedding,
    draw_round_curves,
    draw_training_curves,
    embed_videos,
    figure_to_rgb,
)

LOSSES = {'rgb.loss_cls': ([1, 2, 3], [3.0, 2.0, 1.0])}
ROWS = [{'round': 1, 'cluster/purity': 0.5, 'tal/mAP@0.5': 0.2}]


@pytest.fixture
def arguments(make_videos):
    """Positional arguments of each method."""
    rows, classes, clusters, _ = make_videos(30, 3)
    return {
        'affinity': (rows, classes),
        'confusion': (count_confusion(np.eye(3, dtype=bool)[clusters], classes, 3),),
        'embedding': (rows[1], classes),
        'training_curves': (LOSSES,),
        'round_curves': (ROWS,),
    }


@pytest.fixture
def meta(make_videos):
    return {'classes': make_videos(30, 3)[3], 'simulated': True}


def test_methods_draw_what_the_functions_draw_with_what_the_data_set_tells(arguments, meta):
    visualizer = ActionVisualizer()
    visualizer.dataset_meta = meta
    names = meta['classes']
    expected = {
        'affinity': draw_affinity(*arguments['affinity'], names, simulated=True),
        'confusion': draw_confusion(*arguments['confusion'], names, round=2, simulated=True),
        'embedding': draw_embedding(
            embed_videos(arguments['embedding'][0], 5), arguments['embedding'][1], names, simulated=True
        ),
        'training_curves': draw_training_curves(LOSSES, (3,), simulated=True),
        'round_curves': draw_round_curves(ROWS, simulated=True),
    }
    options = {'confusion': {'round': 2}, 'embedding': {'seed': 5}, 'training_curves': {'round_ends': (3,)}}
    for name, figure in expected.items():
        drawn = getattr(visualizer, f'draw_{name}')(*arguments[name], **options.get(name, {}))
        np.testing.assert_array_equal(drawn, figure_to_rgb(figure))


def test_a_call_is_believed_before_the_data_set(arguments, meta):
    visualizer = ActionVisualizer()
    visualizer.dataset_meta = meta
    drawn = visualizer.draw_confusion(*arguments['confusion'], class_names='abc', simulated=False)
    np.testing.assert_array_equal(drawn, figure_to_rgb(draw_confusion(*arguments['confusion'], 'abc')))


def test_works_before_a_data_set_is_known(arguments):
    assert ActionVisualizer().draw_affinity(*arguments['affinity']).std() > 10


def test_local_backend_gets_every_picture_with_its_step(arguments, meta, tmp_path):
    visualizer = VISUALIZERS.build(
        {
            'type': 'ActionVisualizer',
            'name': 'rounds_local',
            'vis_backends': [{'type': 'LocalVisBackend'}],
            'save_dir': str(tmp_path),
        }
    )
    visualizer.dataset_meta = meta
    for name, values in arguments.items():
        getattr(visualizer, f'add_{name}')(*values, step=2)
    assert {path.name for path in tmp_path.rglob('*.png')} == {f'{name}_2.png' for name in arguments}


def test_tensorboard_gets_every_picture_with_its_step(arguments, meta, blank_pictures, tmp_path):
    accumulators = pytest.importorskip('tensorboard.backend.event_processing.event_accumulator')
    visualizer = VISUALIZERS.build(
        {
            'type': 'ActionVisualizer',
            'name': 'rounds_tensorboard',
            'vis_backends': [{'type': 'TensorboardVisBackend'}],
            'save_dir': str(tmp_path),
        }
    )
    visualizer.dataset_meta = meta
    for step in (1, 2):
        for name, values in arguments.items():
            getattr(visualizer, f'add_{name}')(*values, step=step)
    visualizer.close()
    (events,) = tmp_path.rglob('events.out.*')
    found = accumulators.EventAccumulator(str(events), size_guidance={'images': 0}).Reload()
    assert set(found.Tags()['images']) == set(arguments)
    for name, values in arguments.items():
        images = found.Images(name)
        assert [image.step for image in images] == [1, 2]
        height, width, _ = getattr(visualizer, f'draw_{name}')(*values).shape
        assert (images[0].height, images[0].width) == (height, width)


def test_other_processes_draw_nothing(arguments, monkeypatch):
    monkeypatch.setattr('mmengine.dist.utils.get_rank', lambda group=None: 1)
    visualizer = ActionVisualizer()
    monkeypatch.setattr(visualizer, 'draw_affinity', lambda *args, **options: pytest.fail('drawn'))
    visualizer.add_affinity(*arguments['affinity'])
