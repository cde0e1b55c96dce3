import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread
from mmengine.visualization import LocalVisBackend

from mmacl.registry import VISUALIZERS
from mmacl.visualization import ActionVisualizer

META = {'classes': ('Diving', 'CliffDiving', 'HighJump'), 'simulated': False}


@pytest.fixture
def visualizer():
    visualizer = ActionVisualizer()
    visualizer.dataset_meta = META
    return visualizer


def test_draws_an_rgb_array(visualizer, make_sample):
    image = visualizer.draw_timeline(make_sample())
    assert image.ndim == 3
    assert image.shape[2] == 3
    assert image.dtype == np.uint8
    assert image.std() > 10


def test_names_come_from_the_data_set_or_the_call(visualizer, make_sample):
    by_data_set = visualizer.draw_timeline(make_sample())
    np.testing.assert_array_equal(visualizer.draw_timeline(make_sample(), META['classes']), by_data_set)
    renamed = visualizer.draw_timeline(make_sample(), ('x', 'y', 'z'))
    assert renamed.shape != by_data_set.shape or (renamed != by_data_set).any()


def test_simulated_comes_from_the_data_set(visualizer, make_sample):
    real = visualizer.draw_timeline(make_sample())
    visualizer.dataset_meta = {**META, 'simulated': True}
    assert (visualizer.draw_timeline(make_sample()) != real).any()
    np.testing.assert_array_equal(
        visualizer.draw_timeline(make_sample()),
        ActionVisualizer().draw_timeline(make_sample(simulated=True), META['classes']),
    )


def test_works_before_a_data_set_is_known(make_sample):
    assert ActionVisualizer().draw_timeline(make_sample()).std() > 10


def test_max_detections_is_a_key(make_sample):
    few, many = (ActionVisualizer(max_detections=n).draw_timeline(make_sample(3, 6)) for n in (2, 6))
    assert few.shape != many.shape or (few != many).any()


def test_out_file_is_written(visualizer, make_sample, tmp_path):
    visualizer.add_datasample('video_7', None, make_sample(), out_file=str(tmp_path / 'deep' / 'video_7.png'))
    image = (imread(tmp_path / 'deep' / 'video_7.png')[..., :3] * 255).round()
    np.testing.assert_array_equal(image, visualizer.draw_timeline(make_sample()))


def test_parts_can_be_left_out(visualizer, make_sample, tmp_path):
    for name, options in (('both', {}), ('truth', {'draw_pred': False}), ('found', {'draw_gt': False})):
        visualizer.add_datasample('v', None, make_sample(), out_file=tmp_path / f'{name}.png', **options)
    heights = {name: imread(tmp_path / f'{name}.png').shape[0] for name in ('both', 'truth', 'found')}
    assert heights['truth'] < heights['found'] < heights['both']


def test_without_a_sample_nothing_happens(visualizer, tmp_path):
    visualizer.add_datasample('v', None, None, out_file=tmp_path / 'a.png')
    assert not list(tmp_path.iterdir())


def test_backends_get_the_image_with_its_step(make_sample, tmp_path):
    visualizer = VISUALIZERS.build(
        {
            'type': 'ActionVisualizer',
            'name': 'with_backend',
            'vis_backends': [{'type': 'LocalVisBackend'}],
            'save_dir': str(tmp_path),
        }
    )
    visualizer.dataset_meta = META
    visualizer.add_datasample('video_7', data_sample=make_sample(), step=3)
    assert isinstance(visualizer.get_backend('LocalVisBackend'), LocalVisBackend)
    assert [path.name for path in tmp_path.rglob('*.png')] == ['video_7_3.png']


def test_detections_of_several_rounds(visualizer, make_sample, tmp_path):
    found = make_sample().pred_instances
    visualizer.add_datasample('v', None, make_sample(), out_file=tmp_path / 'a.png', rounds={1: found, 2: found})
    image = (imread(tmp_path / 'a.png')[..., :3] * 255).round()
    np.testing.assert_array_equal(image, visualizer.draw_timeline(make_sample(), rounds={1: found, 2: found}))
    assert image.shape[0] > visualizer.draw_timeline(make_sample()).shape[0]


def test_showing_without_a_display_warns_and_does_not_wait(visualizer, make_sample, monkeypatch):
    from matplotlib import pyplot

    monkeypatch.setattr(pyplot, 'get_backend', lambda: 'Agg')
    with pytest.warns(UserWarning, match='no display'):
        visualizer.add_datasample('v', None, make_sample(), show=True)


def test_showing_with_a_display_opens_a_window(visualizer, make_sample, monkeypatch):
    from matplotlib import pyplot

    shown = []
    monkeypatch.setattr(pyplot, 'get_backend', lambda: 'TkAgg')
    monkeypatch.setattr(visualizer, 'show', lambda image, **options: shown.append((image.shape, options)))
    visualizer.add_datasample('v', None, make_sample(), show=True, wait_time=2)
    assert shown[0][0][2] == 3
    assert shown[0][1] == {'win_name': 'v', 'wait_time': 2}


def test_importing_and_drawing_never_import_pyplot():
    """pyplot picks a backend for the whole process; a library that only writes files must not."""
    code = (
        'import sys; from mmacl.visualization import *; from mmacl.structures import ActionDataSample; '
        "figure_to_rgb(draw_timeline(ActionDataSample())); assert 'matplotlib.pyplot' not in sys.modules"
    )
    root = Path(__file__).resolve().parents[2]
    env = {**os.environ, 'PYTHONPATH': str(root), 'OMP_NUM_THREADS': '1'}
    done = subprocess.run([sys.executable, '-c', code], env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-500:]


@pytest.mark.parametrize('simulated', [True, False])
def test_every_row_of_simulated_videos_says_so(tmp_path, simulated):
    visualizer = ActionVisualizer(vis_backends=[dict(type='LocalVisBackend')], save_dir=str(tmp_path))
    visualizer.dataset_meta = {**META, 'simulated': simulated}
    visualizer.add_scalars({'loss': 1.5, 'step': 3}, step=3)
    row = json.loads((tmp_path / 'vis_data' / 'scalars.json').read_text())
    assert row == {'loss': 1.5, 'step': 3, **({'simulated': True} if simulated else {})}
