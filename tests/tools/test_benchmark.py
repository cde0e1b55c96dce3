"""The benchmarks at a tiny size: tables, limits, shares."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from tools.maintenance.benchmarks import step, step_checks, training
from tools.maintenance.benchmarks.machine_limits import measure_files, measure_limits, tf32
from tools.maintenance.benchmarks.setting import SIZES, Setting
from tools.maintenance.benchmarks.tables import show
from tools.maintenance.benchmarks.timing import time_in_turns

SIZE = SIZES['thumos14'].smaller()
SETTING = Setting(SIZE, quick=True, limits={'matrix float32 TFLOP/s': 2.0})


def test_lengths_are_those_of_the_data_sets():
    for name, mean in (('thumos14', 320), ('anet12', 185)):
        lengths = SIZES[name].lengths(4000)
        assert 14 <= lengths.min() < lengths.max() == SIZES[name].longest
        assert lengths.mean() == pytest.approx(mean, rel=0.05)


def test_limits_of_the_machine_are_positive():
    found = {**measure_limits(SETTING), **measure_files(SETTING)}
    assert all(value > 0 for value in found.values())
    assert {'memory GB/s', 'matrix float32 TFLOP/s', 'convolution bfloat16 TFLOP/s', 'disk GB/s'} <= set(found)


def test_ways_take_turns_to_begin():
    calls: list[str] = []
    times = time_in_turns({way: lambda way=way: calls.append(way) for way in 'ab'}, repeats=2)
    assert ''.join(calls) == 'ab' + 'ab' + 'ba'
    assert [len(found.clock) for found in times.values()] == [2, 2]


def test_tf32_is_switched_for_a_while():
    import torch

    before = torch.backends.cudnn.allow_tf32
    with tf32(not before):
        assert torch.backends.cudnn.allow_tf32 is not before
    assert torch.backends.cudnn.allow_tf32 is before


@pytest.fixture(scope='module')
def config():
    return training.load_method('acl', SIZE)


def test_batches_are_those_of_the_config(config):
    batches = training.draw_batches(config, SIZE, 2, 'cpu')
    for batch in batches:
        assert [len(videos) for videos in batch['inputs'].values()] == [24, 24]
        assert all(sample.pseudo_label[sample.drawn_cluster] for sample in batch['data_samples'])
    assert training.longest_crop(config) == 750
    assert training.steps_of_training(config) == 45_000


def test_a_step_is_timed_in_both_precisions(config):
    rows = step.time_steps(config, SETTING, 10)
    assert [row['way'] for row in rows] == ['float32', 'bf16']
    assert rows[0]['ratio'] == 1
    assert rows[0]['of matrix rate'] == pytest.approx(rows[0]['TFLOP/s'] / 2)
    assert rows[1]['of matrix rate'] is None
    assert rows[0]['hours for 45,000 steps'] == pytest.approx(45 * rows[0]['ms a step'] / 3600)


def test_losses_of_both_precisions_are_about_equal(config):
    exact, coarse = step_checks.compare_losses(config, SETTING)
    assert exact['its difference'] == 0 < coarse['its difference'] < 0.01
    assert exact['first loss'] > exact['loss 3']


def test_a_profile_names_the_operators(config):
    rows = step_checks.profile_step(config, SETTING)
    assert rows[0]['operator'] == 'all'
    assert rows[0]['ms a step'] > rows[1]['ms a step']


def test_tables_show_what_was_not_measured():
    text = show({'title': [{'way': 'a', 'ms': 1234.5678, 'none': None}, {'way': 'b', 'ms': None, 'none': None}]})
    assert [line.split('|')[1:-1] for line in text.splitlines()[3:5]] == [[' a   ', ' 1235 '], [' b   ', '    - ']]


def test_the_command_writes_machine_limits_and_topics(cli, tmp_path, monkeypatch):
    monkeypatch.setitem(
        __import__('sys').modules,
        'tools.maintenance.benchmarks.step',
        SimpleNamespace(measure=lambda setting: {'steps': [{'way': 'a', 'ms': 1.0}]}),
    )
    code, out, error = cli(
        'maintenance/benchmark.py', 'step', '--quick', '--device', 'cpu', '--json', tmp_path / 'f.json'
    )
    assert code == 0, error
    assert 'what the machine can do' in out
    found = json.loads((tmp_path / 'f.json').read_text())
    assert found['topics'] == {'step': {'steps': [{'way': 'a', 'ms': 1.0}]}}
    assert found['simulated']
    assert found['machine']['cores'] >= 1
    assert found['limits']['memory GB/s'] > 0


def test_a_gpu_that_is_not_there_is_refused(cli, monkeypatch):
    monkeypatch.setattr('torch.cuda.is_available', lambda: False)
    code, _, error = cli('maintenance/benchmark.py', 'step', '--device', 'cuda')
    assert (code, error.count('\n')) == (2, 1)
    assert 'torch sees no GPU' in error
