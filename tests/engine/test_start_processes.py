"""The process group is there before anything is done once for all; test_distributed.py runs two processes for real."""

from __future__ import annotations

import pytest
import torch
from torch import distributed as dist

from mmacl.engine import start_processes
from mmacl.utils import InputError

VARIABLES = {'RANK': '1', 'WORLD_SIZE': '2', 'LOCAL_RANK': '1', 'MASTER_ADDR': 'localhost', 'MASTER_PORT': '1'}


@pytest.fixture
def started(monkeypatch):
    calls: list = []
    monkeypatch.setattr(dist, 'init_process_group', calls.append)
    monkeypatch.setattr(torch.cuda, 'device_count', lambda: 2)
    monkeypatch.setattr(torch.cuda, 'set_device', lambda index: calls.append(index))
    for name, value in VARIABLES.items():
        monkeypatch.setenv(name, value)
    return calls


@pytest.mark.parametrize(('gpu', 'expected'), [(False, ['gloo']), (True, [1, 'nccl'])])
def test_with_and_without_gpus(gpu, expected, monkeypatch, started):
    monkeypatch.setattr(torch.cuda, 'is_available', lambda: gpu)
    start_processes('pytorch')
    assert started == expected


def test_one_process_needs_no_group(started):
    start_processes('none')
    assert started == []


def test_without_a_launcher_the_remedy_is_named(monkeypatch, started):
    monkeypatch.delenv('MASTER_ADDR')
    with pytest.raises(InputError, match=r'MASTER_ADDR is not set; start with tools/dist_train.sh'):
        start_processes('pytorch')


def test_slurm_names_the_processes_otherwise(monkeypatch, started):
    for name in VARIABLES:
        monkeypatch.delenv(name)
    for name, value in (('SLURM_PROCID', '0'), ('SLURM_NTASKS', '1'), ('SLURM_LOCALID', '0')):
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(torch.cuda, 'is_available', lambda: False)
    start_processes('slurm')
    assert started == ['gloo']
