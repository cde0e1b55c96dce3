"""Runs over seeds are recognised, and summed up as written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mmacl.runs.seeded_run import SeededRun, format_spread, mean_and_deviation, read_round_rows, summarise
from mmacl.utils import InputError

CONFIG = Path(__file__).resolve().parents[2] / 'configs/acl/acl_synthetic_us.py'


def test_mean_and_sample_deviation_by_round():
    rows = [[{'round': 1, 'tal/mAP@0.5': value, 'simulated': True}] for value in (0.1, 0.2, 0.6)]
    (entry,) = summarise(rows)
    assert entry['round'] == 1
    assert entry['seeds'] == 3
    assert entry['tal/mAP@0.5']['mean'] == pytest.approx(0.3)
    assert entry['tal/mAP@0.5']['std'] == pytest.approx(((0.04 + 0.01 + 0.09) / 2) ** 0.5)


def test_one_seed_has_no_deviation():
    assert summarise([[{'round': 1, 'tal/x': 0.5}]])[0]['tal/x'] == {'mean': 0.5, 'std': None}
    assert mean_and_deviation([2.0]) == {'mean': 2.0, 'std': None}


def test_seeds_with_different_numbers_of_rounds_are_not_mixed():
    with pytest.raises(ValueError, match=r'shorter|longer'):
        summarise([[{'round': 1}], [{'round': 1}, {'round': 2}]])


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


def test_rows_come_from_the_latest_log(tmp_path):
    for stamp, value in (('20260101_000000', 1), ('20260102_000000', 2)):
        log = tmp_path / stamp / 'vis_data' / 'scalars.json'
        log.parent.mkdir(parents=True)
        log.write_text(json.dumps({'loss': 1.0, 'step': 1}) + '\n' + json.dumps({'round': 1, 'tal/x': value}) + '\n')
    assert read_round_rows(tmp_path) == [{'round': 1, 'tal/x': 2}]


def test_a_folder_without_logs_is_refused(tmp_path):
    with pytest.raises(InputError, match='holds no vis_data'):
        read_round_rows(tmp_path)


def test_a_spread_as_text():
    several = {'mean': 0.12345, 'std': 0.01}
    assert format_spread(several, 2, 100) == '12.35 +- 1.00'
    assert format_spread(several, 1, sign='+', between='±') == '+0.1 ± 0.0'
    assert format_spread({'mean': -0.5, 'std': None}, 3, sign='+') == '-0.500'
