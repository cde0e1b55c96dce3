"""Trainings that take no time, and a model that was never trained."""

from pathlib import Path

import pytest

from mmacl.runs import training_process


@pytest.fixture
def stand_in(monkeypatch, tmp_path):
    """Trainings take no time; call it for the lines of those that were started."""
    starts = tmp_path / 'starts.txt'
    monkeypatch.setattr(training_process, 'TRAIN', (str(Path(__file__).with_name('stand_in_train.py')),))
    monkeypatch.setenv('STAND_IN_STARTS', str(starts))
    return lambda: starts.read_text().splitlines() if starts.exists() else []
