"""Look into a training step: equal losses, waiting for the GPU, and where the time goes."""

from __future__ import annotations

import traceback
import warnings
from collections import Counter
from typing import Any

import torch

from .machine_limits import tf32
from .setting import Row, Setting
from .training import Training, draw_batches, to_device

_SHORT = 64
_ENTRIES = 8


def compare_losses(config: Any, setting: Setting) -> list[Row]:
    """Train the same batches from the same start on each device and in each precision; nothing is dropped out."""
    steps = setting.times(3, 20)
    on_cpu = draw_batches(config, setting.size, setting.times(1, 4), 'cpu', setting.times(8, _SHORT))
    ways = [('CPU float32', 'cpu', 'float32', False), ('CPU bf16', 'cpu', 'bf16', False)]
    if setting.device != 'cpu':
        ways[1:] = [
            ('GPU float32', setting.device, 'float32', False),
            ('GPU float32, TF32 everywhere', setting.device, 'float32', True),
            ('GPU bf16', setting.device, 'bf16', False),
        ]
    rows: list[Row] = []
    for name, device, precision, with_tf32 in ways:
        with tf32(with_tf32):
            training = Training(config, to_device(on_cpu, device), device, precision, dropout=False)
            losses = training.loss_after(steps)
        first, last = (rows[0]['first loss'], rows[0][f'loss {steps}']) if rows else (losses[0], losses[-1])
        rows.append({
            'way': name,
            'first loss': losses[0],
            'difference': abs(losses[0] / first - 1),
            f'loss {steps}': losses[-1],
            'its difference': abs(losses[-1] / last - 1),
        })  # fmt: skip
    return rows


def count_synchronizations(config: Any, setting: Setting) -> list[Row]:
    """Count the places of a step at which the processor waits for the GPU, with the line of the project."""
    batches = draw_batches(config, setting.size, 1, setting.device)
    training = Training(config, batches, setting.device, 'float32')
    training.step()
    places: Counter[str] = Counter()

    def note(*_: Any, **__: Any) -> None:
        own = [frame for frame in traceback.extract_stack() if 'mmacl' in frame.filename.replace('\\', '/').split('/')]
        place = own[-1] if own else traceback.extract_stack()[-2]
        places[f'{place.filename.rsplit("mmacl/", 1)[-1]}:{place.lineno} {place.name}'] += 1

    with warnings.catch_warnings():
        warnings.simplefilter('always')
        warnings.showwarning = note
        torch.cuda.set_sync_debug_mode('warn')
        try:
            training.step()
        finally:
            torch.cuda.set_sync_debug_mode('default')
    rows = [{'place': place, 'times': times} for place, times in places.most_common()]
    return [{'place': 'all', 'times': sum(places.values())}, *rows]


def profile_step(config: Any, setting: Setting) -> list[Row]:
    """The operators of float32 steps that take most of the time of the device."""
    from torch.autograd import DeviceType  # type: ignore[attr-defined]
    from torch.profiler import ProfilerActivity, profile

    steps = setting.times(1, 3)
    training = Training(config, draw_batches(config, setting.size, steps, setting.device), setting.device, 'float32')
    for _ in range(steps):
        training.step()
    on_cpu = setting.device == 'cpu'
    activities = [ProfilerActivity.CPU] if on_cpu else [ProfilerActivity.CPU, ProfilerActivity.CUDA]
    with profile(activities=activities) as found:
        for _ in range(steps):
            training.step()
        if not on_cpu:
            torch.cuda.synchronize()
    times = {
        entry.key: (entry.self_cpu_time_total if on_cpu else entry.self_device_time_total, entry.count)
        for entry in found.key_averages()
        # On a GPU also named ranges are entries, which contain kernels.
        if on_cpu or (entry.device_type == DeviceType.CUDA and not getattr(entry, 'is_user_annotation', False))
    }
    total = sum(time for time, _ in times.values()) or 1.0
    order = sorted(times, key=lambda key: -times[key][0])[:_ENTRIES]
    rows = [_row(key[:60], *times[key], steps, total) for key in order]
    return [_row('all', total, sum(count for _, count in times.values()), steps, total), *rows]


def _row(name: str, microseconds: float, count: int, steps: int, total: float) -> Row:
    return {
        'operator': name,
        'ms a step': microseconds / 1000 / steps,
        'calls': count / steps,
        'part': microseconds / total,
    }
