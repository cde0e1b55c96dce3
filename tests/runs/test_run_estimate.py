"""What would be run, and about how long it would take."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mmacl.runs.run_estimate import estimate_lines, seconds_per_step
from mmacl.runs.seeded_run import SeededRun

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
        '0 of 3 runs are done; 1800 steps to run: nothing like it has been measured, so there is no estimate of the '
        'time'
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
