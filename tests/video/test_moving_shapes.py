"""Videos that a program draws, and their ground truth."""

from __future__ import annotations

import json

import numpy as np
import pytest

from mmacl.video import MOTIONS, VideoFile, generated_truth, is_generated, write_moving_shapes


@pytest.fixture(scope='module')
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp('shapes')
    return folder, write_moving_shapes(folder, num_videos=5, seconds=(3.0, 4.0), seed=3)


def test_each_motion_has_a_video_of_its_own(written):
    folder, truth = written
    assert json.loads((folder / 'truth.json').read_text()) == truth
    labels = [{each['label'] for each in entry['annotations']} for entry in truth['database'].values()]
    assert labels == [{motion} for motion in MOTIONS]
    assert sorted(path.name for path in folder.iterdir()) == [
        *(f'{name}.mp4' for name in truth['database']),
        'truth.json',
    ]


def test_segments_are_apart_and_inside_the_video(written):
    folder, truth = written
    for name, entry in truth['database'].items():
        video = VideoFile(folder / f'{name}.mp4')
        assert len(list(video.frames(25.0, None))) == round(25 * entry['duration'])
        borders = np.array([each['segment'] for each in entry['annotations']]).ravel()
        assert (np.diff(borders) > 0).all()
        assert borders[0] > 0
        assert borders[-1] <= entry['duration']


def test_the_shape_moves_in_the_segments_only(written):
    folder, truth = written
    for name, entry in truth['database'].items():
        frames = np.stack(list(VideoFile(folder / f'{name}.mp4').frames(25.0, None))).astype(np.float64)
        changes = np.abs(np.diff(frames, axis=0)).max(axis=-1)
        moved = (changes > 40).mean(axis=(1, 2))
        times = (np.arange(len(moved)) + 1) / 25
        inside = np.zeros(len(moved), dtype=bool)
        for start, end in (each['segment'] for each in entry['annotations']):
            inside |= (times > start + 0.05) & (times < end - 0.05)
        assert moved[inside].mean() > 5 * np.median(moved[~inside]) + 1e-4


def test_the_same_seed_gives_the_same_videos(written, tmp_path):
    folder, truth = written
    assert (
        write_moving_shapes(tmp_path, num_videos=2, seconds=(3.0, 4.0), seed=3)['database'].items()
        <= truth['database'].items()
    )
    for path in tmp_path.glob('*.mp4'):
        assert path.read_bytes() == (folder / path.name).read_bytes()


def test_generated_videos_are_recognised(written, tmp_path):
    folder, truth = written
    assert is_generated(folder)
    assert not is_generated(tmp_path)
    (tmp_path / 'truth.json').write_text('something else')
    assert not is_generated(tmp_path)
    assert generated_truth(folder, 5, seed=3) == truth
    assert generated_truth(folder, 6, seed=3) is None
    assert generated_truth(folder, 5, seed=4) is None
    assert generated_truth(tmp_path, 5) is None
