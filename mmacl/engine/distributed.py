"""Several processes, with or without GPUs."""

from __future__ import annotations

import os
from typing import Any, TypeVar

import torch
import torch.distributed as dist
from mmengine.dist import all_gather_object
from mmengine.model import MMDistributedDataParallel
from torch import nn

from mmacl.registry import MODEL_WRAPPERS
from mmacl.utils import InputError

Entry = TypeVar('Entry')


def start_processes(launcher: str) -> None:
    """Join the process group that ``torchrun`` or Slurm started; do nothing for ``'none'``.

    Call it before the Runner is built: work that one process does for all, such as checking the data, needs the group,
    and mmengine cannot start one without a GPU.

    Raises:
        InputError: the launcher's environment variables are not set.
    """
    if launcher == 'none' or dist.is_initialized():
        return
    if launcher == 'slurm':
        _copy_slurm_environment()
    missing = [name for name in ('RANK', 'WORLD_SIZE', 'MASTER_ADDR', 'MASTER_PORT') if name not in os.environ]
    if missing:
        raise InputError(
            f'environment variable {missing[0]} is not set',
            file=f'--launcher {launcher}',
            remedy='start with tools/dist_train.sh, or drop --launcher for one process',
        )
    os.environ.setdefault('LOCAL_RANK', os.environ['RANK'])
    # torchrun limits OpenMP to one thread a process; limit MKL likewise, as mmengine does.
    os.environ.setdefault('MKL_NUM_THREADS', os.environ.get('OMP_NUM_THREADS', '1'))
    if torch.cuda.is_available():
        torch.cuda.set_device(int(os.environ['LOCAL_RANK']) % torch.cuda.device_count())
        dist.init_process_group('nccl')
    else:
        dist.init_process_group('gloo')


def gather_entries(share: dict[str, Entry]) -> dict[str, Entry]:
    """Return the entries of all processes."""
    return {name: entry for part in all_gather_object(share) for name, entry in part.items()}


def _copy_slurm_environment() -> None:
    """Copy Slurm's variables to the names that torch reads."""
    for theirs, ours in (('SLURM_PROCID', 'RANK'), ('SLURM_NTASKS', 'WORLD_SIZE'), ('SLURM_LOCALID', 'LOCAL_RANK')):
        if theirs in os.environ:
            os.environ.setdefault(ours, os.environ[theirs])
    os.environ.setdefault('MASTER_ADDR', os.environ.get('SLURM_LAUNCH_NODE_IPADDR', '127.0.0.1'))
    os.environ.setdefault('MASTER_PORT', '29500')


@MODEL_WRAPPERS.register_module()
class StreamDataParallel(MMDistributedDataParallel):
    """Distributed data parallel on CPUs or GPUs.

    Args:
        module: the model.
        **kwargs: see :class:`torch.nn.parallel.DistributedDataParallel`. On a CPU ``device_ids`` is dropped, which
            mmengine always passes and torch refuses there.
    """

    def __init__(self, module: nn.Module, **kwargs: Any) -> None:
        on_cpu = next(module.parameters()).device.type == 'cpu'
        if on_cpu:
            kwargs.pop('device_ids', None)
        elif 'device_ids' not in kwargs:
            kwargs['device_ids'] = [int(os.environ['LOCAL_RANK'])]
        super().__init__(module=module, **kwargs)
