"""The README's picture shows what was recorded of a run."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from mmacl.utils.strict_json import read_strict_json
from mmacl.visualization import draw_timeline, figure_to_rgb, save_figure

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def tool():
    spec = importlib.util.spec_from_file_location('write_picture', ROOT / 'tools/maintenance/write_picture.py')
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_picture_has_not_drifted(cli):
    code, out, error = cli('maintenance/write_picture.py', '--check')
    assert code == 0, out + error


def test_another_video_is_another_picture(tool, tmp_path):
    found = read_strict_json(tool.RECORD, 'a video')
    figure = draw_timeline(**tool.video_of(found))
    save_figure(figure, tmp_path / 'same.png')
    image = figure_to_rgb(figure)
    assert tool.alike(image, tmp_path / 'same.png')
    assert not tool.alike(image, tmp_path / 'missing.png')


@pytest.mark.parametrize('change', ['word', 'instance', 'detection', 'curve'])
def test_a_small_change_is_noticed(tool, tmp_path, change):
    found = read_strict_json(tool.RECORD, 'a video')
    image = figure_to_rgb(draw_timeline(**tool.video_of(found)))
    if change == 'word':
        found['simulated'] = False
    elif change == 'instance':
        found['truth'][3][0] += 2.0
    elif change == 'detection':
        del found['rounds']['3'][4]
    else:
        found['class_specific'][40] += 3.0
    save_figure(draw_timeline(**tool.video_of(found)), tmp_path / 'other.png')
    assert not tool.alike(image, tmp_path / 'other.png')


def test_what_is_recorded_is_what_is_drawn(tool):
    found = read_strict_json(tool.RECORD, 'a video')
    drawn = tool.video_of(found)
    sample = drawn['data_sample']
    assert found['simulated'] is drawn['simulated'] is True
    assert len(sample.gt_instances.segments) == len(found['truth']) > 0
    assert sorted(drawn['rounds']) == [1, 2, 3]
    np.testing.assert_allclose(sample.attention_curve.class_agnostic, found['class_agnostic'])
    scores = drawn['rounds'][3].scores
    assert (np.diff(scores) <= 0).all()
