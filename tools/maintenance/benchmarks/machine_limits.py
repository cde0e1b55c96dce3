"""Measure what the machine can do: memory, matrices, convolution, files; and describe the machine."""

from __future__ import annotations

import os
import platform
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from mmacl.utils import usable_cores

from .setting import Setting
from .timing import time_in_turns

_BLOCK = 8 << 20


def describe_machine(device: str) -> dict[str, Any]:
    """Name processor, memory, GPU and versions."""
    import numpy as np
    import torch

    found = {
        'processor': _cpu_name(),
        'cores': usable_cores(),
        'threads': torch.get_num_threads(),
        'memory_gb': _memory_bytes() / 1e9,
        'system': platform.platform(terse=True),
        'python': platform.python_version(),
        'torch': torch.__version__,
        'numpy': np.__version__,
    }
    if device != 'cpu':
        gpu = torch.cuda.get_device_properties(0)
        found.update(gpu=gpu.name, gpu_memory_gb=gpu.total_memory / 1e9, cuda=torch.version.cuda)
    return found


def machine_load() -> float | None:
    """Return how many processes ran or waited for a core in the last minute, on average; None: not known here."""
    return os.getloadavg()[0] if hasattr(os, 'getloadavg') else None


def measure_limits(setting: Setting) -> dict[str, float]:
    """Measure limits of the device, in GB/s and TFLOP/s; medians.

    Returns:
        ``memory GB/s`` (a large copy, bytes read and written), ``matrix <type> TFLOP/s`` (a large square product),
        ``convolution <type> TFLOP/s`` (forward and backward, the widest of ACL), on a GPU also ``host to device GB/s``.
        Types are float32, bfloat16 and, on a GPU, tf32.
    """
    import torch

    size, device = setting.size, setting.device
    repeats = setting.times(1, 7)
    big = device != 'cpu'
    side = setting.times(64, 8192 if big else 2048)
    videos, snippets = (setting.times(2, 192 if big else 24), setting.times(8, 400))
    ways: dict[str, tuple[float, Callable[[], Any]]] = {}
    source = torch.ones(setting.times(1 << 16, (1 << 28) if big else (1 << 26)), device=device)
    target = torch.empty_like(source)
    ways['memory GB/s'] = (2 * source.nbytes / 1e9, lambda: target.copy_(source))
    if big:
        pinned = torch.ones(1 << 26, pin_memory=True)
        there = torch.empty_like(pinned, device=device)
        ways['host to device GB/s'] = (pinned.nbytes / 1e9, lambda: there.copy_(pinned, non_blocking=True))
    for kind in ('float32', 'tf32', 'bfloat16') if big else ('float32', 'bfloat16'):
        dtype = torch.bfloat16 if kind == 'bfloat16' else torch.float32
        a, b = (torch.randn(side, side, device=device, dtype=dtype) for _ in range(2))
        ways[f'matrix {kind} TFLOP/s'] = (2 * side**3 / 1e12, lambda a=a, b=b: a @ b)  # type: ignore[misc]
        layer = torch.nn.Conv2d(size.width, 256, (1, 3), padding=(0, 1), device=device, dtype=dtype)
        x = torch.randn(videos, 1, snippets, size.width, device=device, dtype=dtype).permute(0, 3, 1, 2)
        flops = 3 * 2 * videos * snippets * 3 * size.width * 256
        ways[f'convolution {kind} TFLOP/s'] = (flops / 1e12, _training_of(layer, x.requires_grad_()))
    found = {}
    for name, (amount, call) in ways.items():
        with tf32('tf32' in name):
            found[name] = amount / time_in_turns({name: call}, repeats, device)[name].median
    return found


def measure_files(setting: Setting, folder: str | None = None) -> dict[str, float]:
    """Measure how fast a file is read, GB/s: after the page cache was asked to drop it (``disk``), and from the cache.

    The host of a virtual machine may still have it in memory.
    """
    content = os.urandom(_BLOCK)
    blocks = setting.times(1, 64)
    seconds: dict[str, list[float]] = {'disk GB/s': [], 'page cache GB/s': []}
    with tempfile.TemporaryDirectory(dir=folder) as place:
        path = Path(place, 'large')
        with open(path, 'wb') as file:
            for _ in range(blocks):
                file.write(content)
            file.flush()
            os.fsync(file.fileno())
        for _ in range(setting.times(1, 3)):
            for times in seconds.values():
                if times is seconds['disk GB/s'] and hasattr(os, 'posix_fadvise'):
                    with open(path, 'rb') as file:
                        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
                times.append(_read(path))
    return {name: blocks * _BLOCK / 1e9 / median(times) for name, times in seconds.items()}


@contextmanager
def tf32(on: bool) -> Iterator[None]:
    """Allow or forbid TF32 in float32 products and convolutions on a GPU, here only."""
    import torch

    places: tuple[Any, ...] = (torch.backends.cuda.matmul, torch.backends.cudnn)
    before = [place.allow_tf32 for place in places]
    for place in places:
        place.allow_tf32 = on
    try:
        yield
    finally:
        for place, value in zip(places, before, strict=True):
            place.allow_tf32 = value


def _training_of(layer: Any, x: Any) -> Callable[[], None]:
    """A pass forward and backward."""

    def call() -> None:
        layer(x).sum().backward()
        layer.zero_grad()
        x.grad = None

    return call


def _read(path: Path) -> float:
    """Seconds for reading a file block by block."""
    buffer = memoryview(bytearray(_BLOCK))
    start = time.perf_counter()
    with open(path, 'rb', buffering=0) as file:
        while file.readinto(buffer):
            pass
    return time.perf_counter() - start


def _cpu_name() -> str:
    """The model of the processor."""
    info = Path('/proc/cpuinfo')
    lines = info.read_text().splitlines() if info.exists() else []
    return next((line.split(':', 1)[1].strip() for line in lines if line.startswith('model name')), platform.machine())


def _memory_bytes() -> int:
    return os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') if hasattr(os, 'sysconf') else 0
