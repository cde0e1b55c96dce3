"""The demo's folder can be trained on."""

from __future__ import annotations

import json
import runpy
import sys
from pathlib import Path

import numpy as np
import pytest

from mmacl.apis import load_config
from mmacl.datasets import SyntheticActions, UntrimmedVideoDataset
from mmacl.registry import DATASETS, MODELS

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def write(tmp_path, monkeypatch):
    def run(*arguments: str) -> Path:
        folder = tmp_path / 'written'
        monkeypatch.setattr(sys, 'argv', ['write_folder.py', str(folder), '--num-videos', '8', *arguments])
        runpy.run_path(str(ROOT / 'demo/write_folder.py'), run_name='__main__')
        return folder

    return run


def test_folder_holds_what_was_simulated(write):
    folder = write()
    dataset = UntrimmedVideoDataset(folder, require_annotations=False, timing=dict(fps=25.0, snippet_stride=16))
    simulated = SyntheticActions(num_videos=8, num_classes=6)
    assert dataset.video_names == simulated.video_names
    assert dataset.action_counts() is None
    for modality, features in simulated.load_features(3).items():
        np.testing.assert_array_equal(dataset.load_features(3)[modality], features)


def test_annotations_are_those_of_the_simulation(write):
    folder = write('--annotations')
    dataset = UntrimmedVideoDataset(folder, timing=dict(fps=25.0, snippet_stride=16))
    simulated = SyntheticActions(num_videos=8, num_classes=6)
    np.testing.assert_array_equal(dataset.action_counts(), simulated.action_counts())
    assert len(json.loads((folder / 'annotations.json').read_text())['classes']) == 6


def test_nothing_is_overwritten(write, capsys):
    write()
    with pytest.raises(SystemExit, match='2'):
        write()
    assert 'exists already' in capsys.readouterr().err


def test_config_fits_the_folder(write):
    folder = write()
    config = load_config(ROOT / 'demo/acl_demo_us.py', {'train_dataloader.dataset.data_root': str(folder)})
    dataset = DATASETS.build(config.train_dataloader.dataset)
    dataset.check_files()
    assert dataset.feature_dims == dict(MODELS.build(config.model).in_channels)
