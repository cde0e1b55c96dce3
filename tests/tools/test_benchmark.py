"""The benchmarks at a tiny size: tables, limits, shares."""

from __future__ import annotations

import dataclasses
import json
from types import SimpleNamespace

import pytest

from tools.maintenance.benchmarks import (
    cluster,
    cluster_scale,
    evaluate,
    layouts,
    load,
    localize,
    profile,
    start,
    step,
    step_checks,
    training,
)
from tools.maintenance.benchmarks.folder import write_folder
from tools.maintenance.benchmarks.machine_limits import measure_files, measure_limits, tf32
from tools.maintenance.benchmarks.processes import time_processes
from tools.maintenance.benchmarks.setting import SIZES, Setting
from tools.maintenance.benchmarks.timing import Times, time_in_turns

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


def test_a_test_set_is_predicted_and_localized():
    network, after = localize.measure(SETTING).values()
    assert [row['way'] for row in network] == ['one video at a time', '16 of similar length']
    assert network[0]['s for all videos'] > network[0]['s'] > 0
    assert after[1]['segments'] == 3 * after[0]['segments'] > 0


def test_simulated_scores_exceed_the_threshold_for_one_to_three_clusters():
    size = SIZES['anet12']
    scores = localize.simulate_scores(size, size.lengths(5))
    assert {int((video > 0.1).sum()) for _, video in scores} <= {1, 2, 3}


def test_clusterers_are_given_the_same_videos():
    (rows,) = cluster.measure(SETTING).values()
    assert [row['videos'] for row in rows] == ['separable'] * 2 + ['hard'] * 2
    assert rows[1]['ARI to mmacl'] > 0.7
    assert rows[1]['ratio'] == 1


def test_every_protocol_is_measured_beside_plain_loops(monkeypatch):
    monkeypatch.setattr(evaluate, 'time_command', lambda *_: [])
    rows, _ = evaluate.measure(SETTING).values()
    assert all(row['largest difference'] < 1e-12 < row['mAP'] < 1 for row in rows)
    assert all(row['ratio to plain loops'] > 1 and row['MB beside the input'] > 0 for row in rows)


def test_files_of_the_whole_command_can_be_scored(cli, tmp_path):
    paths = evaluate.write_files(tmp_path, *evaluate.simulate(SIZE, 10)[:2], SIZE.test_videos)
    code, out, error = cli('analysis_tools/eval_detections.py', *paths, '--tiou', 0.5)
    assert code == 0, error
    assert 'mAP' in out


def test_commands_are_timed_beside_python_alone(monkeypatch):
    asked: dict[str, list[str]] = {}

    def stand_in(commands, repeats, folder):
        asked.update(commands)
        return {name: Times([2.0], [3.0 if name == 'train' else 1.5]) for name in commands}

    monkeypatch.setattr(start, 'time_processes', stand_in)
    (rows,) = start.measure(SETTING).values()
    found = {row['command']: row for row in rows}
    assert set(found) == {'python -c pass', 'import numpy', 'import torch', *start.command_names()}
    assert found['train']['of import torch'] == 2
    assert asked['train'][-1] == 'no_such_file.py'
    assert asked['train --help'][-1] == '--help'


def test_a_process_is_timed():
    times = time_processes({'fails': ['-S', '-E', '-c', 'raise SystemExit(3)']}, 1)['fails']
    assert times.median > 0 < times.processor_median


def test_every_command_is_told_words_that_it_takes():
    assert set(start._WORDS) <= set(start.command_names())


def test_batches_are_timed_from_every_way_of_keeping_features(monkeypatch):
    monkeypatch.delitem(load.WAYS, 'cache, float32')
    monkeypatch.delitem(load.WAYS, 'table on the device, float16')
    batches, stores = load.measure(SETTING).values()
    assert [(row['features'], row['workers']) for row in batches] == [(way, n) for way in load.WAYS for n in (0, 2)]
    assert batches[1]['ratio'] == 1
    assert all(row['GB/s'] > 0 for row in batches)
    assert [row['layout'] for row in stores] == list(layouts.layouts(SIZE.width))
    assert all(row['ratio'] > 0 < row['ratio, first read'] for row in stores)
    assert [row['layout'] for row in stores if 'ratio of the library' in row] == [
        'HDF5', 'npz', 'safetensors', 'HDF5, gzip', 'npz, deflated',
    ]  # fmt: skip


def test_a_method_is_compared_with_the_first(monkeypatch):
    row = {'way': 'float32', 'hours for 3 steps': 1.0}
    times = iter([4.0, 2.0])
    monkeypatch.setattr(step, 'time_steps', lambda *_: [{**row, 'ms a step': next(times)}])
    (rows,) = step.measure(dataclasses.replace(SETTING, methods=('acl', 'stpn'))).values()
    assert [(row['method'], row['of acl']) for row in rows] == [('acl', 1.0), ('stpn', 0.5)]


def test_parts_of_a_short_training_are_scaled():
    here = '/x/mmengine/runner/loops.py'
    caller = {('/x/mmacl/engine/loops/round_based_train_loop.py', 98, 'run_iter'): (10, 10, 0.0, 3.0)}
    stats = {
        ('/x/mmengine/model/base_model/base_model.py', 1, 'train_step'): (10, 10, 2.0, 2.0, {}),
        (here, 5, 'run_iter'): (10, 10, 1.0, 3.0, caller),
        (here, 9, 'run_iter'): (7, 7, 0.0, 100.0, {('/x/other.py', 1, 'run'): (7, 7, 0.0, 100.0)}),
        ('/x/mmacl/engine/hooks/clustering_hook.py', 1, 'before_train_round'): (2, 2, 4.0, 4.0, {}),
    }
    rows = profile.scale_parts(stats, {'run': 1, 'round': 3, 'epoch': 6, 'step': 600})
    in_all = {row['part']: row['s in all'] for row in rows if row['s in all']}
    assert in_all == pytest.approx({'training steps': 120, 'hooks around a step': 60, 'clustering': 6})
    assert rows[0]['part'] == 'training steps'
    assert rows[0]['share'] == pytest.approx(120 / 186)


def test_the_profile_reads_a_folder_of_the_size(tmp_path):
    stored = write_folder(tmp_path, SIZE, 3, 2)
    lengths = SIZE.lengths(5)
    assert stored == 2 * 4 * SIZE.width * lengths[:3].sum()
    assert {len(list((tmp_path / 'features' / name).iterdir())) for name in ('train/rgb', 'train/flow')} == {3}
    assert len(json.loads((tmp_path / 'gt.json').read_text())['database']) == 5


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


def test_topics_of_a_size_are_chosen_before_anything_is_measured(cli):
    from tools.maintenance.benchmark import TOPICS, choose_topics

    assert choose_topics(['step', 'all', 'step'], 'thumos14') == ['step', *(t for t in TOPICS if t != 'step')]
    assert 'profile' not in choose_topics(['all'], 'anet12')
    code, out, error = cli('maintenance/benchmark.py', 'load', 'profile', '--size', '20k')
    assert (code, out) == (2, '')
    assert 'profile has no simulated folder of that size' in error


def test_a_gpu_that_is_not_there_is_refused(cli, monkeypatch):
    monkeypatch.setattr('torch.cuda.is_available', lambda: False)
    code, _, error = cli('maintenance/benchmark.py', 'step', '--device', 'cuda')
    assert (code, error.count('\n')) == (2, 1)
    assert 'torch sees no GPU' in error


def test_each_way_to_cluster_is_measured(monkeypatch):
    monkeypatch.setattr(cluster_scale, '_in_process', lambda *arguments: cluster_scale.run_way(*arguments))
    monkeypatch.setattr(cluster_scale, '_SUBSET', 40)
    size = dataclasses.replace(SIZE, train_videos=60)
    (rows,) = cluster_scale.measure(dataclasses.replace(SETTING, size=size), kinds=('separable',)).values()
    assert [row['way'] for row in rows] == list(cluster_scale.WAYS)
    assert rows[1]['ARI to the first exact way'] == 1
    assert all(row['peak GB'] > 0 for row in rows)
    setting = dataclasses.replace(SETTING, size=size)
    (rows,) = cluster_scale.measure(setting, kinds=('hard',), ways=('nystroem',)).values()
    assert 'ARI of 40 alone to exact' in rows[0]
