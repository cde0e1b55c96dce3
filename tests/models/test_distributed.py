from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import torch
import torch._dynamo  # DDP imports it: once here, and not in each process
import torch.distributed as dist
import torch.multiprocessing as mp
from torch.nn.parallel import DistributedDataParallel

from mmacl.models.distributed import gather_rows

SIZES = (4, 3)  # videos of each process


def test_one_process_gets_its_own_rows():
    rows = torch.randn(3, 2, requires_grad=True)
    assert gather_rows(rows) is rows


def in_a_process(rank: int, folder: str) -> None:
    """Gather unequal numbers of rows; then take the loss of a share of the batch under DDP."""
    torch.set_num_threads(1)
    store = f'file://{folder}/store'
    dist.init_process_group('gloo', store, timedelta(seconds=60), rank=rank, world_size=2)
    case = torch.load(f'{folder}/case.pt', weights_only=False)
    share = slice(0, SIZES[0]) if rank == 0 else slice(SIZES[0], None)
    results = {'integers': gather_rows(torch.arange(SIZES[rank])[:, None] + 10 * rank)}
    for reduction, model in case['models'].items():
        model = DistributedDataParallel(model)
        losses = model({'rgb': case['x'][share]}, case['samples'][share], case['mask'][share], mode='loss')
        sum(losses.values()).backward()
        gradients = {name: parameter.grad for name, parameter in model.module.named_parameters()}
        results[reduction] = {name: value.detach() for name, value in losses.items()}, gradients
    torch.save(results, f'{folder}/results_{rank}.pt')
    dist.barrier()
    # Not a tidy end: in torch 2.13 a dying reducer may join, with the GIL held, a thread that waits for the GIL.
    os._exit(0)


def test_two_processes_equal_one(tmp_path: Path, stream_config, make_localizer, make_batch, make_samples):
    models = {}
    for reduction in ('sum', 'mean'):
        losses = {name: {**loss, 'reduction': reduction} for name, loss in stream_config['losses'].items()}
        models[reduction] = make_localizer({'rgb': 5}, stream={'losses': losses}, length_groups=2)
    x, mask = make_batch([5, 1, 3, 8, 2, 4, 6])
    # A cluster (2) and a video (b) that lie in both processes.
    samples = make_samples([0, 0, (1, 2), 2, 2, 1, 1], drawn=[0, 0, 2, 2, 2, 1, 1], names=list('aabcdbe'))
    torch.save({'models': models, 'x': x, 'mask': mask, 'samples': samples}, tmp_path / 'case.pt')
    # A fork of this process has torch imported already.
    mp.start_processes(in_a_process, (str(tmp_path),), nprocs=2, start_method='fork')

    results = [torch.load(tmp_path / f'results_{rank}.pt') for rank in range(2)]
    assert all(result['integers'].flatten().tolist() == [0, 1, 2, 3, 10, 11, 12] for result in results)
    for reduction, model in models.items():
        expected = model({'rgb': x}, samples, mask, mode='loss')
        assert all(value > 0 for value in expected.values())
        sum(expected.values()).backward()
        for losses, gradients in (result[reduction] for result in results):
            for name, value in expected.items():
                torch.testing.assert_close(losses[name], value.detach(), rtol=1e-11, atol=1e-12)
            for name, parameter in model.named_parameters():
                torch.testing.assert_close(gradients[name], parameter.grad, rtol=1e-9, atol=1e-11)
