"""Tables from one command: killed and started again it ends with the same ones, and nothing is trained twice."""

from __future__ import annotations

import json
import os
import re
import signal
import time
from pathlib import Path

import pytest

from mmacl.runs import training_process
from mmacl.runs.scalar_log import read_round_rows
from tests.warm_process import WarmProcess, trainings_as_forks

ROOT = Path(__file__).resolve().parents[2]
TOOL = 'paper_tables.py'
STAND_IN = ROOT / 'tests/runs/stand_in_train.py'
# The tool in a process of its own, with trainings that take no time.
DRIVER = f"""
import runpy
from mmacl.runs import training_process
training_process.TRAIN = ({str(STAND_IN)!r},)
runpy.run_path({str(ROOT / 'tools' / TOOL)!r}, run_name='__main__')
"""
# A real training of seconds: two rounds of two epochs of two steps.
SHORT = (
    'train_cfg.epochs_per_round=2',
    'train_cfg.num_rounds=2',
    'train_dataloader.batch_sampler.num_batches=2',
    '+train_dataloader.dataset.num_videos=24',
    '+val_dataloader.dataset.num_videos=20',
    '+test_dataloader.dataset.num_videos=20',
)
VARIANT = '"""Margin 1."""\n_base_ = \'{base}\'\nmodel = dict(stream=dict(losses=dict(triplet=dict(margin=1.0))))\n'


@pytest.fixture
def stand_in(monkeypatch, tmp_path):
    """Trainings take no time; call it for the words of those that were started."""
    starts = tmp_path / 'starts.txt'
    monkeypatch.setattr(training_process, 'TRAIN', (str(STAND_IN),))
    monkeypatch.setenv('STAND_IN_STARTS', str(starts))
    return lambda: [line.split() for line in starts.read_text().splitlines()] if starts.exists() else []


@pytest.fixture
def variants(tmp_path):
    folder = tmp_path / 'my_variants'
    folder.mkdir()
    (folder / 'margin.py').write_text(VARIANT.format(base=ROOT / 'configs/acl/acl_synthetic_us.py'))
    return folder


def tables_in(out: Path) -> dict:
    return json.loads((out / 'tables.json').read_text())


def is_alive(pid: int) -> bool:
    try:
        return Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2].split()[0] != 'Z'
    except FileNotFoundError:
        return False


def wait_for(condition, process: WarmProcess, seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert process.is_running, process.wait(1).stderr
        assert time.monotonic() < end
        time.sleep(0.02)


def gone_within(pid: int, seconds: float = 10) -> bool:
    end = time.monotonic() + seconds
    while is_alive(pid) and time.monotonic() < end:
        time.sleep(0.02)
    return not is_alive(pid)


def test_all_tables_two_at_a_time_and_nothing_again(cli, stand_in, variants, tmp_path):
    command = (TOOL, '--dataset', 'synthetic', '--seeds', 0, 1, '--jobs', 2, '--variants', variants, '--out')
    code, output, error = cli(*command, tmp_path / 'out')
    assert code == 0, error
    assert len(stand_in()) == 2 * 7
    assert len({(name, seed) for name, seed, *_ in stand_in()}) == 2 * 7
    assert '[14/14]' in output
    tables = tables_in(tmp_path / 'out')
    assert tables['complete']
    rows = tables['tables'][-1]['parts'][0]['rows']
    assert [row['labels'] for row in rows][4:] == [['FAB + L_cls + L_abs + L_trip'], ['Margin 1']]
    assert rows[-1]['cells'][0]['seeds'] == 2
    page = (tmp_path / 'out/tables.md').read_text()
    assert '| Margin 1 |' in page

    began = time.monotonic()
    code, output, _ = cli(*command, tmp_path / 'out')
    assert (code, len(stand_in())) == (0, 14)
    assert output.count('was done before') == 14
    assert time.monotonic() - began < 20
    assert (tables_in(tmp_path / 'out'), (tmp_path / 'out/tables.md').read_text()) == (tables, page)


def test_methods_of_a_folder_with_whole_videos_and_rounds(cli, stand_in, tmp_path):
    mine = tmp_path / 'mine'
    mine.mkdir()
    (mine / 'other_synthetic_us.py').write_text(f"_base_ = '{ROOT}/configs/acl/acl_synthetic_us.py'\nx = 1\n")
    command = (TOOL, '--dataset', 'synthetic', '--seeds', 0, 1, '--jobs', 2, '--methods', 'acl', mine)
    code, output, error = cli(*command, '--out', tmp_path / 'out')
    assert code == 0, error
    assert 'written: ' in output
    assert '[6/6]' in output
    page = (tmp_path / 'out/tables.md').read_text()
    assert page.startswith('# Methods on SyntheticActions-v1 (simulated)\n')
    assert [line for line in page.splitlines() if line.startswith('## ')] == [
        '## Methods (simulated): mAP (%) by tIoU on SyntheticActions-v1, after the last round',
        '## Whole video (simulated): mAP (%) of each whole video as one segment, with the best score of each class',
        '## Rounds (simulated): mAP (%), average 0.3:0.7, by round',
        '## Rounds (simulated): purity, by round',
    ]
    assert '<td class="text">weakly supervised</td>' in (tmp_path / 'out/tables.html').read_text()
    code, output, _ = cli(*command, '--out', tmp_path / 'out', '--json', tmp_path / 'f.json')
    assert (code, output.count('was done before')) == (0, 6)
    recorded = json.loads((tmp_path / 'f.json').read_text())
    assert recorded['tables'] == tables_in(tmp_path / 'out')['tables']
    assert not any('rounds' in run for run in recorded['runs'])


def test_a_failing_run_is_named_in_the_table_and_the_others_go_on(cli, stand_in, monkeypatch, tmp_path):
    monkeypatch.setenv('STAND_IN_FAIL', 'acl_synthetic_us')
    command = (TOOL, '--dataset', 'synthetic', '--tables', 1, '--seeds', 0, '--out', tmp_path)
    code, _, error = cli(*command)
    assert code == 1
    assert 'failed: acl_synthetic_us seed 0: lr=-1: a learning rate is positive' in error
    assert [run['state'] for run in tables_in(tmp_path)['runs']] == ['failed', 'done']
    assert '| ACL | unsupervised (1 failed) |' in (tmp_path / 'tables.md').read_text()
    notes = [line for line in (tmp_path / 'tables.md').read_text().splitlines() if line.startswith('- acl')]
    assert len(notes) == 1
    assert notes[0].startswith('- acl_synthetic_us seed 0 failed: lr=-1: a learning rate is positive; mend the config')
    monkeypatch.delenv('STAND_IN_FAIL')
    assert cli(*command)[0] == 0
    assert [name for name, *_ in stand_in()] == ['acl_synthetic_us', 'acl_synthetic_ws', 'acl_synthetic_us']


@pytest.mark.parametrize('number', [signal.SIGTERM, signal.SIGKILL], ids=['terminated', 'killed outright'])
def test_the_tool_alone_is_killed_and_started_again(cli, start_tool, stand_in, monkeypatch, tmp_path, number):
    words = ('--dataset', 'synthetic', '--tables', 1, '--seeds', 0, '--jobs', 2, '--out')
    assert cli(TOOL, *words, tmp_path / 'whole')[0] == 0
    started = len(stand_in())
    assert started == 2

    out, driver = tmp_path / 'killed', tmp_path / 'driver.py'
    driver.write_text(DRIVER)
    starts = {'STAND_IN_STARTS': os.environ['STAND_IN_STARTS'], 'STAND_IN_PAUSE': '0.1'}
    process = start_tool(driver, *words, out, env=starts)
    # The short one is done, the long one is under way.
    wait_for((out / 'tables.json').exists, process)
    partial = tables_in(out)
    assert (partial['complete'], [run['state'] for run in partial['runs']]) == (False, ['missing', 'done'])
    children = [int(pid) for _, _, pid, _ in stand_in()[started:]]
    assert any(map(is_alive, children))
    os.kill(process.pid, number)
    done = process.wait(timeout=30)
    assert done.returncode == (130 if number == signal.SIGTERM else -number)
    assert ('the same command continues from here' in done.stderr) is (number == signal.SIGTERM)
    assert all(map(gone_within, children)), 'a training has outlived the tool'

    assert cli(TOOL, *words, out)[0] == 0
    assert [(name, how) for name, _, _, how in stand_in()[started + 2 :]] == [('acl_synthetic_us', 'resume')]
    assert tables_in(out) == tables_in(tmp_path / 'whole')
    assert (out / 'tables.md').read_bytes() == (tmp_path / 'whole/tables.md').read_bytes()


def test_a_real_training_killed_with_the_tool_goes_on_to_the_same_rounds(cli, start_tool, tmp_path):
    # With two jobs a training has one thread on a machine of two cores: quicker where others work.
    words = ('--dataset', 'synthetic', '--tables', 3, 4, '--seeds', 1, '--jobs', 2, '--cfg-options', *SHORT, '--out')
    out = tmp_path / 'killed'
    work_dir = out / 'acl_synthetic_us/seed_1'
    process = start_tool(TOOL, *words, out)
    wait_for((work_dir / 'epoch_2.pth').exists, process)
    process.kill()
    assert process.wait(timeout=30).returncode == -signal.SIGKILL
    assert not (work_dir / 'result.json').exists()
    with trainings_as_forks():
        code, output, error = cli(TOOL, *words, out)
    assert code == 0, error
    assert re.search(r'acl_synthetic_us seed 1 goes on from step [46] of 8 steps', output)
    (run,) = tables_in(out)['runs']
    assert 'was done before' in cli(TOOL, *words, out)[1]

    config, fresh = work_dir / 'acl_synthetic_us.py', ('--cfg-options', 'resume=False', 'load_from=None')
    code, _, error = cli('train.py', config, '--work-dir', tmp_path / 'whole', '--seed', 1, *fresh)
    assert code == 0, error
    assert read_round_rows(work_dir) == read_round_rows(tmp_path / 'whole')
    assert len(run['rounds']) == 2


def test_dry_run_starts_nothing_and_writes_nothing(cli, stand_in, tmp_path):
    code, output, _ = cli(TOOL, '--dataset', 'synthetic', '--jobs', 2, '--dry-run', '--out', tmp_path / 'out')
    assert code == 0
    assert len(output.splitlines()) == 19
    assert output.splitlines()[-1].startswith('0 of 18 runs are done; 9600 steps to run: about 12 min with 2 at a time')
    assert not stand_in()
    assert not (tmp_path / 'out').exists()


@pytest.mark.parametrize(
    ('words', 'expected'),
    [
        (('--dataset', 'thumos14'), 'set MMACL_THUMOS14_ROOT to the folder'),
        (('--dataset', 'synthetic', '--tables', 2), '--tables 2: cannot be made on synthetic'),
        (('--dataset', 'synthetic', '--jobs', 0), '0 is too few'),
        (('--dataset', 'synthetic', '--seeds', -1), '-1 is not a seed'),
        (('--dataset', 'synthetic', '--cfg-options', 'model.num_cluster=3'), "did you mean 'num_clusters'?"),
        (('--dataset', 'synthetic', '--methods', 'nothing'), '--methods nothing: no method of this name has a config'),
        (('--dataset', 'synthetic', '--folds', 'fold1'), '--folds fold1: synthetic has no such fold'),
        (('--dataset', 'synthetic', '--variants', 'nowhere'), 'nowhere: no such folder'),
    ],
)
def test_mistakes_are_one_line_before_any_training(cli, stand_in, monkeypatch, tmp_path, words, expected):
    monkeypatch.delenv('MMACL_THUMOS14_ROOT', raising=False)
    monkeypatch.chdir(tmp_path)
    code, _, error = cli(TOOL, *words)
    assert code == 2
    assert expected in error.splitlines()[-1]
    assert not stand_in()


def test_a_variant_of_another_data_set_is_said_to_be_no_row(cli, stand_in, tmp_path):
    (tmp_path / 'real.py').write_text(f"_base_ = '{ROOT}/configs/acl/acl_thumos14_us.py'\n")
    words = ('--dataset', 'synthetic', '--tables', 5, '--seeds', 0, '--variants', tmp_path, '--dry-run')
    code, output, error = cli(TOOL, *words)
    assert code == 0
    assert 'real.py: not a row, since it trains on another data set than synthetic' in error
    assert len(output.splitlines()) == 6
