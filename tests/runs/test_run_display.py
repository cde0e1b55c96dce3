"""What a person sees of many trainings."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from rich.console import Console

from mmacl.runs import run_display, run_queue
from mmacl.runs.run_display import RunDisplay
from mmacl.runs.run_queue import run_all
from mmacl.runs.seeded_run import SeededRun

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def runs(tmp_path):
    return [SeededRun(ROOT / f'configs/acl/acl_synthetic_{setting}.py', 0, tmp_path) for setting in ('us', 'ws')]


def show(runs, terminal: bool, monkeypatch, pause: str = '0.1') -> str:
    monkeypatch.setenv('STAND_IN_PAUSE', pause)
    monkeypatch.setattr(run_display, '_LOOK', 0.0)
    monkeypatch.setattr(run_queue, '_PAUSE', 0.02)
    text = io.StringIO()
    display = RunDisplay(runs, console=Console(file=text, force_terminal=terminal, width=160, soft_wrap=not terminal))
    run_all(runs, 2, display)
    display.close()
    return text.getvalue()


def test_lines_in_a_log(runs, stand_in, monkeypatch):
    lines = show(runs, False, monkeypatch).splitlines()
    assert lines[0] == f'acl_synthetic_us seed 0 starts, 600 steps, in {runs[0].work_dir}'
    rounds = [line for line in lines if ': round' in line]
    assert [line.partition(';')[0] for line in rounds] == [f'acl_synthetic_us seed 0: round {n} of 3' for n in (2, 3)]
    assert all(re.fullmatch(r'\d+ s left for all runs', line.partition('; ')[2]) for line in rounds)
    assert '[1/2] acl_synthetic_ws seed 0: done' in lines
    assert lines[-1] == '[2/2] acl_synthetic_us seed 0: done'
    assert '\x1b' not in ''.join(lines)


def test_bars_on_a_terminal(runs, stand_in, monkeypatch):
    shown = re.sub(r'\x1b\[[0-9;?]*[A-Za-z]', '', show(runs, True, monkeypatch))
    assert re.search(r'all runs .* \d+/800 \d/2 runs, \d+ s gone, \d+ s left', shown)
    assert re.search(r'acl_synthetic_us seed 0 .* [1-9]\d+/600 round 1/3', shown)
    assert re.search(r'acl_synthetic_ws seed 0 .* [1-9]\d+/200 round 1/1', shown)


def test_the_cursor_comes_back(runs, stand_in, monkeypatch):
    assert show(runs, True, monkeypatch, '0').rindex('\x1b[?25h') > 0


def test_failures_and_what_was_done_before(runs, stand_in, monkeypatch):
    monkeypatch.setenv('STAND_IN_FAIL', 'acl_synthetic_us')
    first = show(runs, False, monkeypatch, '0')
    assert 'acl_synthetic_us seed 0: FAILED: lr=-1: a learning rate is positive' in first
    monkeypatch.delenv('STAND_IN_FAIL')
    second = show(runs, False, monkeypatch, '0')
    assert '[1/2] acl_synthetic_ws seed 0: was done before' in second


def test_what_is_resumed_says_from_where(runs, stand_in, monkeypatch):
    runs[0].begin()
    (runs[0].work_dir / 'epoch_5.pth').write_bytes(b'')
    assert 'acl_synthetic_us seed 0 goes on from step 250 of 600 steps' in show(runs[:1], False, monkeypatch, '0')
