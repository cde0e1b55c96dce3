"""Checkpoints that a kill cannot spoil; the kills themselves are in test_resume.py."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch
from mmengine.logging import MessageHub

from mmacl.engine import AtomicCheckpointHook, load_checkpoint_safely
from mmacl.utils import InputError


@pytest.mark.parametrize('options', [dict(max_keep_ckpts=1), dict(max_keep_ckpts=0), dict(interval=0)])
def test_settings_that_could_lose_a_run_are_refused(options):
    with pytest.raises(InputError):
        AtomicCheckpointHook(**options)


def test_what_is_saved_loads_without_unpickling(tmp_path):
    hub = MessageHub.get_instance('test_atomic_checkpoint')
    hub.update_scalar('train/loss', 1.0)
    checkpoint = {'state_dict': {}, 'message_hub': hub.state_dict()}
    AtomicCheckpointHook().before_save_checkpoint(None, checkpoint)
    torch.save(checkpoint, tmp_path / 'c.pth')
    found = load_checkpoint_safely(str(tmp_path / 'c.pth'))
    # mmengine asks for these three when it resumes.
    assert {'log_scalars', 'runtime_info', 'resumed_keys'} <= set(found['message_hub'])


def test_counts_the_checkpoints_of_the_work_dir(tmp_path):
    for epoch in (2, 10, 3):
        (tmp_path / f'epoch_{epoch}.pth').touch()
    hub = MessageHub.get_instance('test_counts')
    logger = SimpleNamespace(info=lambda line: None)
    runner = SimpleNamespace(work_dir=str(tmp_path), epoch=10, message_hub=hub, logger=logger, param_schedulers=None)
    runner._load_from = str(tmp_path / 'epoch_10.pth')
    hook = AtomicCheckpointHook()
    hook.before_train(runner)
    assert list(hook.keep_ckpt_ids) == [3, 10]
    assert sorted(path.name for path in tmp_path.iterdir()) == ['epoch_10.pth', 'epoch_3.pth']
    assert not hook.save_param_scheduler
