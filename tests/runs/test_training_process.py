"""A training of its own: started, read, ended."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from mmacl.runs.seeded_run import SeededRun
from mmacl.runs.training_process import TrainingProcess, failure_reason
from mmacl.utils import InputError
from mmacl.utils.folder_lock import FolderLock

CONFIG = Path(__file__).resolve().parents[2] / 'configs/acl/acl_synthetic_us.py'


@pytest.fixture
def run(tmp_path):
    return SeededRun(CONFIG, 5, tmp_path / 'runs', ('train_cfg.num_rounds=3',))


def start(run: SeededRun) -> TrainingProcess:
    lock = FolderLock(run.work_dir, 'queue.lock')
    lock.acquire()
    return TrainingProcess(run, lock, threads=1)


def test_what_it_finishes_is_kept(run, stand_in):
    rows = start(run).finish()
    assert [row['round'] for row in rows] == [1, 2, 3]
    result = run.result()
    assert result['rows'] == rows == run.finished_rows()
    assert (result['seed'], result['steps']) == (5, 600)
    (line,) = stand_in()
    assert line.startswith('acl_synthetic_us 5 ')
    assert line.endswith(' new')
    with FolderLock(run.work_dir, 'queue.lock'):
        pass


def test_what_is_stopped_goes_on_where_it_was(run, stand_in, monkeypatch):
    monkeypatch.setenv('STAND_IN_PAUSE', '0.1')
    process = start(run)
    while run.saved_step() < 200:
        assert process.is_running
    process.stop()
    assert not process.is_running
    assert run.finished_rows() is None
    monkeypatch.setenv('STAND_IN_PAUSE', '0')
    again = start(run)
    assert again.first_step >= 200
    assert [row['round'] for row in again.finish()] == [1, 2, 3]
    assert [line.split()[-1] for line in stand_in()] == ['new', 'resume']
    assert run.result()['steps'] == 600 - again.first_step


def test_it_leads_a_group_of_its_own(run, stand_in, monkeypatch):
    monkeypatch.setenv('STAND_IN_PAUSE', '0.1')
    process = start(run)
    while not stand_in():
        assert process.is_running
    pid = int(stand_in()[0].split()[2])
    assert os.getpgid(pid) == pid != os.getpgid(0)
    process.stop()


def test_what_fails_says_why_in_one_line(run, stand_in, monkeypatch):
    monkeypatch.setenv('STAND_IN_FAIL', 'acl_synthetic_us')
    with pytest.raises(
        InputError, match=r'^lr=-1: a learning rate is positive; mend the config \(exit code 2\); see '
    ) as e:
        start(run).finish()
    assert '\n' not in str(e.value)
    assert run.finished_rows() is None
    with FolderLock(run.work_dir, 'queue.lock'):
        pass


def test_a_console_that_is_cut_within_a_letter_is_read(run, stand_in, monkeypatch):
    monkeypatch.setenv('STAND_IN_FAIL', 'acl_synthetic_us')
    process = start(run)
    while process.is_running:
        time.sleep(0.01)
    with process.log.open('ab') as console:
        console.write('ü'.encode()[:1])
    with pytest.raises(InputError, match='a learning rate is positive'):
        process.finish()


@pytest.mark.parametrize(
    ('console', 'code', 'expected'),
    [
        ('Traceback:\n  File "x"\nValueError: bad\n', 1, 'ValueError: bad (exit code 1)'),
        ('', 1, 'it printed nothing (exit code 1)'),
        ('loss: 3', -9, 'ended by SIGKILL, as when memory runs out'),
        ('loss: 3', -15, 'ended by SIGTERM'),
    ],
)
def test_reasons(console, code, expected):
    assert failure_reason(console, code) == expected
