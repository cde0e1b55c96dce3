"""Two processes without a GPU train, cluster and test."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import torch

from mmacl.config import load_config
from tests.small_training import ROOT
from tests.warm_process import WarmProcess
from tools.maintenance.benchmarks.traffic import OUT, by_part, calculate

#: Counts the bytes that the processes exchange.
COUNTED = """
custom_imports = dict(imports=['tools.maintenance.benchmarks.traffic_counter'])
custom_hooks = [dict(type='TrafficCounterHook')]
train_cfg = dict(num_rounds=2, epochs_per_round=1)
"""


def torchrun(tool: str, *args: object, **more: str) -> subprocess.CompletedProcess[str]:
    """As ``tools/dist_train.sh`` starts it."""
    command = [sys.executable, '-m', 'torch.distributed.run', '--standalone', '--nproc_per_node=2']
    command += [str(ROOT / 'tools' / tool), *map(str, args), '--launcher', 'pytorch']
    env = {**os.environ, 'PYTHONPATH': str(ROOT), 'OMP_NUM_THREADS': '1', 'CUDA_VISIBLE_DEVICES': '', **more}
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=300)


def two_processes(tool: str, *args: object) -> list[subprocess.CompletedProcess[str]]:
    """The same without torchrun, in forks: it sets these variables."""
    with socket.socket() as free:
        free.bind(('localhost', 0))
        port = str(free.getsockname()[1])
    shared = {'WORLD_SIZE': '2', 'MASTER_ADDR': 'localhost', 'MASTER_PORT': port, 'CUDA_VISIBLE_DEVICES': ''}
    started = [
        WarmProcess(tool, [*args, '--launcher', 'pytorch'], {**shared, 'RANK': str(rank), 'LOCAL_RANK': str(rank)})
        for rank in range(2)
    ]
    done = [process.wait(timeout=300) for process in started]
    assert [process.returncode for process in done] == [0, 0], done
    return done


def last_test_metrics(work_dir: Path) -> dict:
    logs = work_dir.glob('*/*.json')
    metrics = json.loads(max(logs, key=lambda path: path.stat().st_mtime).read_text())
    return {key: value for key, value in metrics.items() if key.startswith('tal/')}


def test_two_processes_train_cluster_and_test_as_one(cli, folder, write_config, tmp_path):
    config = write_config(folder, COUNTED, 'counted_us')
    counts = tmp_path / 'counts.json'
    trained = torchrun('train.py', config, '--work-dir', tmp_path / 'two', **{OUT: str(counts)})
    assert trained.returncode == 0, trained.stderr
    counted = by_part(json.loads(counts.read_text()))
    # Of a batch of three clusters the first process takes two, so each hands in four rows, as of a batch of eight.
    wanted = calculate(load_config(config), num_videos=12, batch_size=8, processes=2)
    assert {key: counted[key] for key in ('step: gradients', 'step: rows')} == {
        key: wanted[key] for key in ('step: gradients', 'step: rows')
    }
    assert 1 < counted['clustering: representations'] / wanted['clustering: representations'] < 2  # names, and pickle
    checkpoint = tmp_path / 'two' / 'epoch_2.pth'
    # Both processes' videos are in the record.
    recorded = json.loads((tmp_path / 'two/records/round_2/detections.json').read_text())['results']
    assert len(recorded) == 6
    assert trained.stdout.count('Clustering of the training videos by round') == 1

    two_processes('test.py', config, checkpoint, '--work-dir', tmp_path / 'test_two', '--out', tmp_path / 'two.json')
    words = ('--work-dir', tmp_path / 'test_one', '--out', tmp_path / 'one.json')
    code, _, error = cli('test.py', config, checkpoint, *words)
    assert code == 0, error
    assert last_test_metrics(tmp_path / 'test_two') == last_test_metrics(tmp_path / 'test_one')
    assert (tmp_path / 'two.json').read_text() == (tmp_path / 'one.json').read_text()


def test_two_processes_take_the_steps_of_one(cli, folder, write_config, tmp_path):
    """Without dropout, whose masks are drawn per process, both optimise the same loss over the same batches."""
    extra = "model['stream']['input_dropout'] = 0.0\ntrain_cfg = dict(num_rounds=1, epochs_per_round=2)\n"
    config = write_config(folder, extra, 'no_dropout_us')
    two_processes('train.py', config, '--work-dir', tmp_path / 'two')
    code, _, error = cli('train.py', config, '--work-dir', tmp_path / 'one')
    assert code == 0, error

    two, one = (torch.load(tmp_path / name / 'epoch_2.pth', weights_only=True)['state_dict'] for name in ('two', 'one'))
    for name, tensor in one.items():
        torch.testing.assert_close(two[name], tensor, rtol=1e-3, atol=1e-4, msg=lambda m, n=name: f'{n}: {m}')
