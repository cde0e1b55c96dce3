"""Checkpoints are read safely and written whole."""

from __future__ import annotations

import errno
import os

import pytest
import torch

from mmacl.engine import AtomicLocalBackend, load_checkpoint_safely
from mmacl.utils import InputError


def test_plain_values_and_tensors_are_read(tmp_path):
    content = {'state_dict': {'w': torch.ones(2)}, 'rows': [{'round': 1, 'x': 0.5}], 'names': ('a', 'b')}
    torch.save(content, tmp_path / 'c.pth')
    found = load_checkpoint_safely(str(tmp_path / 'c.pth'))
    assert found['rows'] == content['rows']
    assert torch.equal(found['state_dict']['w'], torch.ones(2))


def test_remote_checkpoints_are_refused():
    from mmengine.runner import CheckpointLoader

    with pytest.raises(InputError, match='download the file'):
        CheckpointLoader.load_checkpoint('https://example.org/a.pth')


def test_a_failed_write_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / 'epoch_1.pth'
    AtomicLocalBackend().put(b'old', path)

    def fail(*args):
        raise OSError(errno.ENOSPC, 'disk full')

    monkeypatch.setattr(os, 'replace', fail)
    with pytest.raises(OSError, match='disk full'):
        AtomicLocalBackend().put(b'new', path)
    assert path.read_bytes() == b'old'
    assert [entry.name for entry in tmp_path.iterdir()] == ['epoch_1.pth']
