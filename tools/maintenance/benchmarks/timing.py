"""Time ways of doing the same work, in turn."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from itertools import pairwise
from statistics import median
from typing import Any, NamedTuple


class Times(NamedTuple):
    """Seconds of each call.

    Attributes:
        clock: of the clock, or on a GPU from the end of the call before to the end of this one.
        processor: of the processor, all threads together, the waiting ones too.
    """

    clock: list[float]
    processor: list[float]

    @property
    def median(self) -> float:
        """Median of the seconds by the clock."""
        return median(self.clock)

    @property
    def processor_median(self) -> float:
        """Median of the seconds of the processor."""
        return median(self.processor)


def wait_for(device: str) -> None:
    """Wait until the device has done what it was given."""
    if device != 'cpu':
        import torch

        torch.cuda.synchronize()


def time_in_turns(
    ways: Mapping[str, Callable[[], Any]], repeats: int, device: str = 'cpu', warm_up: int = 1
) -> dict[str, Times]:
    """Call all ways ``repeats`` times; the one that begins changes, so that other programs disturb all alike."""
    for call in ways.values():
        for _ in range(warm_up):
            call()
    times = {name: Times([], []) for name in ways}
    order = list(ways)
    for turn in range(repeats):
        shift = turn % len(order)
        for name in order[shift:] + order[:shift]:
            wait_for(device)
            clock, processor = time.perf_counter(), time.process_time()
            ways[name]()
            wait_for(device)
            times[name].clock.append(time.perf_counter() - clock)
            times[name].processor.append(time.process_time() - processor)
    return times


def time_in_stream(call: Callable[[], Any], repeats: int, at_most_seconds: float, warm_up: int = 3) -> Times:
    """Call again and again without waiting for the GPU in between, as a training does.

    Args:
        call: gives work to the current CUDA stream.
        repeats: calls that are timed.
        at_most_seconds: end sooner after so many seconds, but not before 5 calls.
        warm_up: calls before.
    """
    import torch

    for _ in range(warm_up):
        call()
    wait_for('cuda')
    processor = [time.process_time()]
    start = time.perf_counter()
    marks = [torch.cuda.Event(enable_timing=True)]
    marks[0].record()
    for number in range(repeats):
        call()
        marks.append(torch.cuda.Event(enable_timing=True))
        marks[-1].record()
        processor.append(time.process_time())
        if number >= 4 and time.perf_counter() - start > at_most_seconds:
            break
    wait_for('cuda')
    clock = [before.elapsed_time(after) / 1000 for before, after in pairwise(marks)]
    return Times(clock, [after - before for before, after in pairwise(processor)])
