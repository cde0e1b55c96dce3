"""Ground truth never reaches training in the unsupervised setting."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
import torch

#: A method that can use numbers of instances, of which it gets none here.
COUNTS = """
model = dict(
    _delete_=True,
    type='ThreeCNet',
    in_channels=in_channels,
    num_clusters=3,
    post_processor=dict(type='ActionPostProcessor'),
)
"""
WITH_COUNTS = COUNTS + "default_hooks.update(counts=dict(type='InstanceCountsHook'))\n"
COUNTING_LOSS = COUNTS + "model['losses'] = dict(counting=dict(type='CountingLoss'))\n"


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


@pytest.mark.parametrize('method', ['', COUNTS], ids=['ACL', '3C-Net'])
def test_shuffled_ground_truth_gives_identical_weights(method, cli, folder, write_config, tmp_path):
    config = write_config(folder, method + 'train_cfg = dict(num_rounds=2, epochs_per_round=1)\n')
    checkpoints = []
    for name in ('true', 'shuffled'):
        code, _, error = cli('train.py', config, '--work-dir', tmp_path / name)
        assert code == 0, error
        checkpoints.append(torch.load(tmp_path / name / 'epoch_2.pth', weights_only=True))
        shuffle_annotations(folder)
    true, shuffled = checkpoints
    # The test would be empty if the shuffle changed nothing that is measured.
    assert true['rounds']['rows'] != shuffled['rounds']['rows']
    assert true['clustering']['labels'] == shuffled['clustering']['labels']
    for name, tensor in true['state_dict'].items():
        assert torch.equal(tensor, shuffled['state_dict'][name]), name


@pytest.mark.parametrize(
    ('extra', 'message'),
    [
        (WITH_COUNTS, 'numbers of instances are labels, but SpectralClusterer trains without labels'),
        (COUNTING_LOSS, 'losses.counting needs the number of instances of each action'),
    ],
    ids=['hook', 'loss'],
)
def test_numbers_of_instances_are_refused_in_one_line(extra, message, cli, folder, write_config, tmp_path):
    code, _, error = cli('train.py', write_config(folder, extra), '--work-dir', tmp_path / 'run')
    assert code != 0
    assert message in error.strip().splitlines()[-1]
    assert 'Traceback' not in error


def test_numbers_of_instances_reach_the_loss_with_labels(cli, folder, write_config, tmp_path):
    labels = "dict(clusterer=dict(_delete_=True, type='AnnotatedLabels'))"
    extra = COUNTING_LOSS + (
        f"default_hooks.update(counts=dict(type='InstanceCountsHook'), clustering={labels})\n"
        'train_cfg = dict(num_rounds=1, epochs_per_round=1)\n'
    )
    code, out, error = cli('train.py', write_config(folder, extra), '--work-dir', tmp_path / 'run')
    assert code == 0, error
    assert 'loss_count: ' in out + error
