"""Ground truth never reaches training in the unsupervised setting."""

from __future__ import annotations

import json
import random
from pathlib import Path

import torch


def shuffle_annotations(folder: Path) -> None:
    """Deal the annotations of each subset out to other videos."""
    path = folder / 'annotations.json'
    database = json.loads(path.read_text())['database']
    for subset in ('train', 'test'):
        names = [name for name, entry in database.items() if entry['subset'] == subset]
        dealt = [dict(database[name]) for name in names]
        random.Random(0).shuffle(dealt)
        for name, entry in zip(names, dealt, strict=True):
            # Segments stay inside the shortest video.
            database[name] = {**database[name], 'annotations': [{**entry['annotations'][0], 'segment': [1.0, 3.0]}]}
    path.write_text(json.dumps({'database': database}))


def test_shuffled_ground_truth_gives_identical_weights(cli, folder, write_config, tmp_path):
    config = write_config(folder)
    checkpoints = []
    for name in ('true', 'shuffled'):
        code, _, error = cli('train.py', config, '--work-dir', tmp_path / name)
        assert code == 0, error
        checkpoints.append(torch.load(tmp_path / name / 'epoch_6.pth', weights_only=True))
        shuffle_annotations(folder)
    true, shuffled = checkpoints
    # The test would be empty if the shuffle changed nothing that is measured.
    assert true['rounds']['rows'] != shuffled['rounds']['rows']
    assert true['clustering']['labels'] == shuffled['clustering']['labels']
    for name, tensor in true['state_dict'].items():
        assert torch.equal(tensor, shuffled['state_dict'][name]), name
