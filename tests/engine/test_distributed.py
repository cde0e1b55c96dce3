"""Two processes without a GPU train, cluster and test."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

REPO = Path(__file__).resolve().parents[2]


def launch(tool: str, *args: object):
    command = [
        sys.executable,
        '-m',
        'torch.distributed.run',
        '--standalone',
        '--nproc_per_node=2',
    ]
    command += [str(REPO / 'tools' / tool), *map(str, args), '--launcher', 'pytorch']
    env = {**os.environ, 'PYTHONPATH': str(REPO), 'OMP_NUM_THREADS': '1', 'CUDA_VISIBLE_DEVICES': ''}
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=300)


def last_test_metrics(work_dir: Path) -> dict:
    logs = work_dir.glob('*/*.json')
    metrics = json.loads(max(logs, key=lambda path: path.stat().st_mtime).read_text())
    return {key: value for key, value in metrics.items() if key.startswith('tal/')}


def test_two_processes_train_cluster_and_test_as_one(run_tool, folder, write_config, tmp_path):
    config = write_config(folder)
    trained = launch('train.py', config, '--work-dir', tmp_path / 'two')
    assert trained.returncode == 0, trained.stderr
    checkpoint = tmp_path / 'two' / 'epoch_6.pth'
    # Both processes' videos are in the record.
    recorded = json.loads((tmp_path / 'two/records/round_3/detections.json').read_text())['results']
    assert len(recorded) == 6
    assert trained.stdout.count('Clustering of the training videos by round') == 1

    both = launch('test.py', config, checkpoint, '--work-dir', tmp_path / 'test_two', '--out', tmp_path / 'two.json')
    assert both.returncode == 0, both.stderr
    alone = run_tool('test.py', config, checkpoint, '--work-dir', tmp_path / 'test_one', '--out', tmp_path / 'one.json')
    assert alone.returncode == 0, alone.stderr
    assert last_test_metrics(tmp_path / 'test_two') == last_test_metrics(tmp_path / 'test_one')
    assert (tmp_path / 'two.json').read_text() == (tmp_path / 'one.json').read_text()


def test_two_processes_take_the_steps_of_one(run_tool, folder, write_config, tmp_path):
    """Without dropout, whose masks are drawn per process, both optimise the same loss over the same batches."""
    extra = "model['stream']['input_dropout'] = 0.0\ntrain_cfg = dict(num_rounds=1, epochs_per_round=2)\n"
    config = write_config(folder, extra, 'no_dropout_us')
    trained = launch('train.py', config, '--work-dir', tmp_path / 'two')
    assert trained.returncode == 0, trained.stderr
    alone = run_tool('train.py', config, '--work-dir', tmp_path / 'one')
    assert alone.returncode == 0, alone.stderr

    import torch

    two, one = (torch.load(tmp_path / name / 'epoch_2.pth', weights_only=True)['state_dict'] for name in ('two', 'one'))
    for name, tensor in one.items():
        torch.testing.assert_close(two[name], tensor, rtol=1e-3, atol=1e-4, msg=lambda m, n=name: f'{n}: {m}')
