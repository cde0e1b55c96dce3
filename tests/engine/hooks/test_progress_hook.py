"""A bar on a terminal, nothing elsewhere."""

from __future__ import annotations

import io
import logging
import sys
from types import SimpleNamespace

import pytest

from mmacl.engine import ProgressHook


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def runner():
    logger = logging.getLogger('test_progress')
    logger.handlers, logger.propagate = [logging.StreamHandler(sys.stdout)], False
    logger.setLevel('INFO')
    loop = SimpleNamespace(round=2, num_rounds=3)
    return SimpleNamespace(max_iters=10, iter=4, logger=logger, train_loop=loop)


def drive(hook: ProgressHook, runner) -> None:
    hook.before_train(runner)
    hook.before_train_round(runner, 2)
    hook.after_train_iter(runner, 0, outputs={'loss': 1.25})
    runner.logger.info('Epoch(train) [1][1/5] loss: 1.25')
    runner.logger.info('a table')
    hook.after_train(runner)


def test_shows_round_steps_and_loss_on_a_terminal(monkeypatch, runner):
    screen = Terminal()
    monkeypatch.setattr(sys, 'stdout', screen)
    drive(ProgressHook(), runner)
    shown = screen.getvalue()
    assert 'round 2/3' in shown
    assert '5/10' in shown
    assert 'loss 1.250' in shown
    assert 'a table' in shown
    assert 'Epoch(train)' not in shown


def test_stays_silent_in_a_file(monkeypatch, runner):
    file = io.StringIO()
    monkeypatch.setattr(sys, 'stdout', file)
    runner.logger.handlers = [logging.StreamHandler(file)]
    drive(ProgressHook(), runner)
    assert file.getvalue() == 'Epoch(train) [1][1/5] loss: 1.25\na table\n'
