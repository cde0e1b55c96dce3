import os

from mmacl.utils import usable_cores


def test_counts_the_cores_of_this_process(monkeypatch):
    monkeypatch.setattr(os, 'sched_getaffinity', lambda pid: {0, 2, 5}, raising=False)
    assert usable_cores() == 3


def test_counts_all_cores_on_other_systems(monkeypatch):
    monkeypatch.delattr(os, 'sched_getaffinity', raising=False)
    monkeypatch.setattr(os, 'cpu_count', lambda: 6)
    assert usable_cores() == 6
    monkeypatch.setattr(os, 'cpu_count', lambda: None)
    assert usable_cores() == 1
