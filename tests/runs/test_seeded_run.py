"""Runs over seeds are recognised."""

from __future__ import annotations

import json
from pathlib import Path

from mmacl.runs.seeded_run import SeededRun

CONFIG = Path(__file__).resolve().parents[2] / 'configs/acl/acl_synthetic_us.py'


def test_a_finished_run_is_recognised_by_config_and_seed(tmp_path):
    run = SeededRun(CONFIG, 3, tmp_path)
    assert run.finished_rows() is None
    run.begin()
    run.result_file.write_text(json.dumps({'key': run.key, 'rows': [{'round': 1}]}))
    assert run.finished_rows() == [{'round': 1}]
    assert SeededRun(CONFIG, 4, tmp_path).finished_rows() is None


def test_another_composed_config_neither_finds_nor_overwrites_it(tmp_path):
    run = SeededRun(CONFIG, 3, tmp_path)
    run.begin()
    run.result_file.write_text(json.dumps({'key': run.key, 'rows': [{'round': 1}]}))
    changed = SeededRun(CONFIG, 3, tmp_path, ('train_cfg.num_rounds=2',))
    assert changed.finished_rows() is None
    assert run.work_dir.name == 'seed_3'
    assert changed.work_dir.name == f'seed_3_{changed.key[:8]}'
    changed.begin()
    assert run.finished_rows() == [{'round': 1}]


def test_steps_are_those_of_the_composed_config(tmp_path):
    run = SeededRun(CONFIG, 0, tmp_path, ('train_cfg.num_rounds=2',))
    assert (run.steps_per_epoch, run.steps_per_round, run.num_steps) == (50, 200, 400)
    (tmp_path / 'acl_synthetic_us/seed_0').mkdir(parents=True)
    (run.work_dir / 'epoch_3.pth').write_bytes(b'')
    assert run.saved_step() == 0, 'nobody knows whose checkpoint this is'
    run.begin()
    assert run.saved_step() == 150
