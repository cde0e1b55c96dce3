"""Configs under several seeds, by the machinery of the paper's tables."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mmacl.runs import training_process

ROOT = Path(__file__).resolve().parents[2]
US, WS = (ROOT / f'configs/acl/acl_synthetic_{setting}.py' for setting in ('us', 'ws'))


@pytest.fixture
def starts(monkeypatch, tmp_path):
    monkeypatch.setattr(training_process, 'TRAIN', (str(ROOT / 'tests/runs/stand_in_train.py'),))
    monkeypatch.setenv('STAND_IN_STARTS', str(tmp_path / 'starts.txt'))
    return tmp_path / 'starts.txt'


def test_tables_json_and_no_work_again(cli, starts, tmp_path):
    command = ('multi_seed.py', US, WS, '--seeds', 0, 1, '--jobs', 2, '--out', tmp_path, '--json', tmp_path / 'f.json')
    code, output, error = cli(*command)
    assert code == 0, error
    assert 'acl_synthetic_us (simulated data): mean +- standard deviation of 2 seeds' in output
    title, _, *table = output[output.index('less acl_synthetic_us (simulated data), paired by seed') :].splitlines()
    assert 'last round' in title
    assert table[2].split()[1:5] == ['acl_synthetic_ws', '|', '2', '|']
    figures = json.loads((tmp_path / 'f.json').read_text())
    assert list(figures) == ['acl_synthetic_us', 'acl_synthetic_ws']
    assert figures['acl_synthetic_us']['seeds'] == [0, 1]
    assert len(figures['acl_synthetic_us']['rounds']) == 3
    assert cli(*command)[0] == 0
    assert len(starts.read_text().splitlines()) == 4


def test_what_fails_leaves_the_rest(cli, starts, monkeypatch, tmp_path):
    monkeypatch.setenv('STAND_IN_FAIL', 'acl_synthetic_us')
    command = ('multi_seed.py', US, WS, '--seeds', 0, '--out', tmp_path, '--json', tmp_path / 'f.json')
    code, output, error = cli(*command)
    assert code == 1
    assert 'failed: acl_synthetic_us seed 0: lr=-1' in error
    assert 'acl_synthetic_ws (simulated data)' in output
    assert list(json.loads((tmp_path / 'f.json').read_text())) == ['acl_synthetic_ws']


def test_seed_keys_reach_the_training(cli, starts, tmp_path):
    cli('multi_seed.py', WS, '--seeds', 7, '--seed-keys', 'train_dataloader.dataset.seed', '--out', tmp_path)
    code, _, error = cli(
        'multi_seed.py', WS, '--seeds', 7, '--seed-keys', 'train_dataloader.no_such', '--out', tmp_path
    )
    assert code == 2
    assert 'no_such' in error


def test_two_configs_of_one_name_are_refused(cli, starts, tmp_path):
    other = tmp_path / US.name
    other.write_text(f"_base_ = '{US}'\n")
    code, _, error = cli('multi_seed.py', US, US, other, '--seeds', 0, '--out', tmp_path / 'out')
    assert code == 2
    assert 'another config has this name' in error
    assert not starts.exists()
