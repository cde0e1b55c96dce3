"""A plug-in for trainings of several processes: count the bytes that one hands to each collective operation."""

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
from mmengine.hooks import Hook
from torch.distributed import distributed_c10d
from torch.distributed.algorithms.ddp_comm_hooks.default_hooks import allreduce_hook

from mmacl.registry import HOOKS

from .traffic import OUT

_BYTES: Counter[str] = Counter()
_STATE = {'part': 'start'}


def _count(what: str, tensor: Any) -> None:
    _BYTES[f'{_STATE["part"]}: {what}'] += tensor.numel() * tensor.element_size()


def _patch() -> None:
    """Count in front of torch's functions; what handles objects calls these too."""
    for name, place in (('all_gather', 1), ('all_reduce', 0), ('broadcast', 0)):
        original = getattr(distributed_c10d, name)

        def counted(*args: Any, name: str = name, place: int = place, original: Any = original, **kwargs: Any) -> Any:
            _count(name, args[place] if len(args) > place else kwargs['tensor'])
            return original(*args, **kwargs)

        setattr(distributed_c10d, name, counted)
        setattr(dist, name, counted)


# torch looks at these annotations, so they must not be strings.
def _reduce(state: Any, bucket: dist.GradBucket) -> torch.futures.Future[torch.Tensor]:  # type: ignore[name-defined]
    """Reduce gradients as DDP does, by a function that is counted."""
    return allreduce_hook(state, bucket)


@HOOKS.register_module()
class TrafficCounterHook(Hook):
    """Count bytes by part of the training, and write them at its end."""

    priority = 'HIGHEST'

    def before_train(self, runner: Any) -> None:
        """Route the gradients through Python."""
        runner.model.register_comm_hook(None, _reduce)
        self._steps = 0

    def before_train_round(self, runner: Any, round: int) -> None:
        """Clustering begins."""
        _STATE['part'] = 'clustering'

    def before_train_iter(self, runner: Any, batch_idx: int, data_batch: Any = None) -> None:
        """A step begins."""
        _STATE['part'] = 'step'
        self._steps += 1

    def after_train_iter(self, runner: Any, batch_idx: int, data_batch: Any = None, outputs: Any = None) -> None:
        """A step ends."""
        _STATE['part'] = 'between steps'

    def before_val_epoch(self, runner: Any) -> None:
        """Validation begins; the record of the round belongs to it."""
        _STATE['part'] = 'validation'

    def after_train(self, runner: Any) -> None:
        """Write."""
        if dist.get_rank() == 0:
            found = {'bytes': dict(_BYTES), 'steps': self._steps, 'rounds': runner.train_loop.num_rounds}
            Path(os.environ[OUT]).write_text(json.dumps(found))


_patch()
