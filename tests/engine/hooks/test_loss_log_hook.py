"""Losses are read back late, and logged as before."""

from __future__ import annotations

from types import SimpleNamespace

import torch
from mmengine.hooks import LoggerHook, RuntimeInfoHook
from mmengine.logging import MessageHub

from mmacl.engine import LossLogHook


def run(hook: RuntimeInfoHook, name: str, interval: int) -> tuple[MessageHub, list[int]]:
    """Seven steps of an epoch; also return how many losses the hub knows after each."""
    hub, known = MessageHub(name), []
    loader = [0] * 7
    runner = SimpleNamespace(message_hub=hub, hooks=[LoggerHook(interval=interval)], train_dataloader=loader, cfg=None)
    hook._steps, hook._intervals = [], [interval]
    generator = torch.Generator().manual_seed(0)
    for step in range(7):
        losses = {'loss': torch.rand((), generator=generator), 'rgb.loss_cls': 0.25 * step}
        hook.after_train_iter(runner, step, outputs=losses)
        known.append(len(hub.log_scalars['train/loss'].data[0]) if 'train/loss' in hub.log_scalars else 0)
    return hub, known


def test_the_log_is_the_same_and_is_complete_where_it_is_read():
    wanted, _ = run(RuntimeInfoHook(), 'wanted', 3)
    found, known = run(LossLogHook(), 'found', 3)
    assert known == [0, 0, 3, 3, 3, 6, 7]
    for key in ('train/loss', 'train/rgb.loss_cls'):
        for ours, theirs in zip(found.log_scalars[key].data, wanted.log_scalars[key].data, strict=True):
            assert ours.tolist() == theirs.tolist()
