"""Several runs, some at a time; nothing twice."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import pytest

from mmacl.runs.run_queue import run_all, unique_runs
from mmacl.runs.seeded_run import SeededRun
from mmacl.utils.folder_lock import FolderLock

ROOT = Path(__file__).resolve().parents[2]
US, WS = (ROOT / f'configs/acl/acl_synthetic_{setting}.py' for setting in ('us', 'ws'))


class Watcher:
    """Keeps what it is told."""

    def __init__(self, on_tick=lambda processes: None, on_waiting=lambda run: None):
        self.on_tick, self.on_waiting = on_tick, on_waiting
        self.said: list[str] = []
        self.most = 0

    def started(self, process):
        self.said.append(f'start {process.run}')

    def waiting(self, run):
        self.said.append(f'wait {run}')
        self.on_waiting(run)

    def finished(self, outcome):
        self.said.append(f'{"reuse" if outcome.reused else "fail" if outcome.rows is None else "end"} {outcome.run}')

    def tick(self, processes):
        self.most = max(self.most, len(processes))
        self.on_tick(processes)


@pytest.fixture
def runs(tmp_path):
    return [SeededRun(config, seed, tmp_path / 'runs') for seed in (0, 1) for config in (US, WS)]


def test_two_at_a_time_and_the_second_call_starts_nothing(runs, stand_in, monkeypatch):
    monkeypatch.setenv('STAND_IN_PAUSE', '0.05')
    watcher = Watcher()
    outcomes = run_all(runs, 2, watcher)
    assert watcher.most == 2
    assert {key: len(outcome.rows) for key, outcome in outcomes.items()} == {
        run.key: 3 if run.config == US else 1 for run in runs
    }
    assert len(stand_in()) == 4
    again = Watcher()
    assert {key: o.rows for key, o in run_all(runs, 2, again).items()} == {k: o.rows for k, o in outcomes.items()}
    assert again.said == [f'reuse {run}' for run in runs]
    assert len(stand_in()) == 4


def test_equal_configs_of_two_names_are_trained_once(tmp_path, stand_in):
    copy = tmp_path / 'my_copy.py'
    copy.write_text(f"_base_ = '{WS}'\n")
    runs = [SeededRun(path, 0, tmp_path / 'runs') for path in (WS, copy)]
    assert list(unique_runs(runs).values()) == runs[:1]
    outcomes = run_all(runs, 1, Watcher())
    assert len(stand_in()) == 1
    assert outcomes[runs[1].key].rows


def test_one_that_fails_does_not_stop_the_others(runs, stand_in, monkeypatch):
    monkeypatch.setenv('STAND_IN_FAIL', 'acl_synthetic_us')
    outcomes = run_all(runs, 1, Watcher())
    assert [outcomes[run.key].rows is None for run in runs] == [True, False, True, False]
    assert 'a learning rate is positive' in outcomes[runs[0].key].error


@pytest.mark.parametrize('name', ['queue.lock', 'lock'], ids=['by a queue', 'by hand'])
def test_what_another_process_trains_is_waited_for(runs, stand_in, name):
    lock = FolderLock(runs[0].work_dir, name)
    lock.acquire()
    locks = [lock]

    def let_go(processes):
        # Only when nothing else is left to do.
        if not processes and len(stand_in()) == 3 and locks:
            locks.pop().release()

    watcher = Watcher(on_tick=let_go)
    outcomes = run_all(runs, 1, watcher)
    assert watcher.said[0] == f'wait {runs[0]}'
    assert watcher.said.count(f'wait {runs[0]}') == 1
    assert watcher.said[-1] == f'end {runs[0]}'
    assert all(outcome.rows for outcome in outcomes.values())


def test_what_another_process_has_finished_is_taken(runs, stand_in):
    from mmacl.runs.training_process import TrainingProcess

    lock = FolderLock(runs[0].work_dir, 'queue.lock')
    lock.acquire()
    other = TrainingProcess(runs[0], lock, 1)
    watcher = Watcher(on_waiting=lambda run: other.finish())
    run_all(runs[:1], 1, watcher)
    assert watcher.said == [f'wait {runs[0]}', f'reuse {runs[0]}']
    assert len(stand_in()) == 1


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_trainings_and_the_next_call_goes_on(runs, stand_in, monkeypatch, request, number):
    monkeypatch.setenv('STAND_IN_PAUSE', '0.2')
    assert threading.current_thread() is threading.main_thread()
    # A shell that starts the tests in the background has them ignore SIGINT.
    inherited = signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
    request.addfinalizer(lambda: signal.signal(number, inherited))
    before = signal.getsignal(number)
    found = []

    def interrupt(processes):
        found[:] = processes
        if any(process.run.saved_step() for process in processes):
            os.kill(os.getpid(), number)

    with pytest.raises(KeyboardInterrupt):
        run_all(runs[:1], 1, Watcher(on_tick=interrupt))
    assert found
    assert not any(process.is_running for process in found)
    assert signal.getsignal(number) == before
    monkeypatch.setenv('STAND_IN_PAUSE', '0')
    assert run_all(runs[:1], 1, Watcher())[runs[0].key].rows
    assert [line.split()[-1] for line in stand_in()] == ['new', 'resume']


def test_cores_are_shared_out(runs, stand_in, monkeypatch):
    from mmacl.runs import run_queue

    given = []

    class Recording(run_queue.TrainingProcess):
        def __init__(self, run, lock, threads):
            given.append(threads)
            super().__init__(run, lock, threads)

    monkeypatch.setattr(run_queue, 'TrainingProcess', Recording)
    monkeypatch.setattr(run_queue, 'usable_cores', lambda: 7)
    run_all(runs[1:2], 3, Watcher())
    assert given == [2]
