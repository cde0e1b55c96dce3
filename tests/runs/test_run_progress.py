"""How far runs are by their logs, and how long they will take."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from mmacl.runs import run_progress
from mmacl.runs.run_progress import Position, Progress, estimate_lines, position_of, seconds_per_step, words_for
from mmacl.runs.run_queue import Outcome
from mmacl.runs.seeded_run import SeededRun

# 3 rounds of 4 epochs of 50 steps.
CONFIG = Path(__file__).resolve().parents[2] / 'configs/acl/acl_synthetic_us.py'


@pytest.fixture
def process(tmp_path):
    run = SeededRun(CONFIG, 0, tmp_path)
    run.work_dir.mkdir(parents=True)
    return SimpleNamespace(run=run, work_dir=run.work_dir, first_step=0, earlier_logs=frozenset())


def write_log(process, *lines, stamp='20260101_000000', end='\n'):
    log = process.work_dir / stamp / 'vis_data' / 'scalars.json'
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text('\n'.join(map(json.dumps, lines)) + end)


def test_before_the_first_line_it_is_where_the_checkpoint_was(process):
    assert position_of(process) == Position(0, 1, False)
    process.first_step = 450
    assert position_of(process) == Position(450, 3, False)


def test_a_step_is_in_its_round(process):
    write_log(process, {'step': 50, 'loss': 1.0}, {'step': 200, 'loss': 1.0})
    assert position_of(process) == Position(200, 1, False)
    write_log(process, {'step': 200, 'loss': 1.0}, {'round': 1, 'step': 1})
    assert position_of(process) == Position(200, 1, True)
    write_log(process, {'round': 1, 'step': 1}, {'step': 201, 'loss': 1.0})
    assert position_of(process) == Position(201, 2, False)


def test_the_log_of_an_earlier_start_does_not_count(process):
    write_log(process, {'step': 550})
    process.earlier_logs, process.first_step = frozenset({'20260101_000000'}), 400
    assert position_of(process).step == 400
    write_log(process, {'round': 1}, {'round': 2}, stamp='20260101_000001')
    assert position_of(process) == Position(400, 2, True)


def test_time_left_is_by_our_own_pace(process, monkeypatch, tmp_path):
    now = [0.0]
    monkeypatch.setattr(run_progress.time, 'monotonic', lambda: now[0])
    done, failed, other = (SeededRun(CONFIG, seed, tmp_path) for seed in (1, 2, 3))
    progress = Progress([process.run, done, failed, other])
    assert progress.num_steps == 2400
    progress.finished(Outcome(done, [{}], reused=True))
    assert progress.seconds_left() is None
    process.first_step = 100
    progress.started(process)
    write_log(process, {'step': 250})
    now[0] = 30.0
    # 150 steps in 30 s; left are 350 of this one and 2 x 600.
    assert progress.seconds_left([process]) == pytest.approx(1550 / 150 * 30)
    progress.finished(Outcome(failed, None, 'why'))
    assert progress.seconds_left([process]) == pytest.approx(950 / 150 * 30)
    progress.finished(Outcome(process.run, [{}]))
    assert progress.steps_done() == 1800
    assert progress.seconds_left() == pytest.approx(600 / 500 * 30)
    assert progress.ended == 3


@pytest.mark.parametrize(
    ('seconds', 'words'), [(None, 'unknown'), (40.4, '40 s'), (600, '10 min'), (3900, '1 h 05 min')]
)
def test_words(seconds, words):
    assert words_for(seconds) == words


CONFIG = Path(__file__).resolve().parents[2] / 'configs/acl/acl_synthetic_us.py'


@pytest.fixture
def runs(tmp_path):
    return [SeededRun(CONFIG, seed, tmp_path) for seed in (0, 1, 2)]


def finish(run: SeededRun, steps: int, seconds: float) -> None:
    run.begin()
    run.result_file.write_text(json.dumps({'key': run.key, 'rows': [], 'steps': steps, 'seconds': seconds}))


def test_nothing_is_known_yet(runs):
    *_, last = estimate_lines(runs, 1)
    assert last == (
        '0 of 3 runs are done; 1800 steps to run: no estimate of the time, since no such run has been measured'
    )
    assert 'about 9 min with 1 at a time (0.3 s a step, as measured on 2 cores)' in estimate_lines(runs, 1, 0.3)[-1]


def test_states_and_the_pace_of_finished_runs(runs):
    finish(runs[0], 600, 1200.0)
    runs[1].begin()
    (runs[1].work_dir / 'epoch_8.pth').write_bytes(b'')
    assert seconds_per_step(runs) == 2.0
    lines = estimate_lines(runs, 2, 0.3)
    assert [line.split('  ')[0].strip() for line in lines[:3]] == ['done', 'goes on', 'to run']
    assert 'acl_synthetic_us seed 1 from step 400 of 600' in lines[1]
    assert lines[-1] == (
        '1 of 3 runs are done; 800 steps to run: about 13 min with 2 at a time (2 s a step, as in the finished runs)'
    )


def test_all_is_done(runs):
    for run in runs:
        finish(run, 0, 3.0)
    assert estimate_lines(runs, 1)[-1] == '3 of 3 runs are done; 0 steps to run: nothing to run'
