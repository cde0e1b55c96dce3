"""Compare TV-L1 here with OpenCV's on frames of real videos: end-point difference, and ratio of time in one run.

Each pair is computed by all, and each method is the first in turn, so that other load on the machine meets all
alike. Times are those of the processor, of all threads, and of the clock.

Examples:
    python tools/maintenance/benchmark_flow.py a.mp4 b.mp4 --pairs 8 --short-side 256 --threads 1
    python tools/maintenance/benchmark_flow.py a.mp4 --device cuda --batch-size 32
"""

from __future__ import annotations

import argparse
import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from mmacl.cli import run_tool
from mmacl.utils import InputError, check_can_write, write_json_atomically

if TYPE_CHECKING:
    from torch import Tensor

METHODS = ('tvl1', 'tvl1_opencv', 'dis')


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('videos', nargs='+', metavar='VIDEO', help='a video with real motion')
    parser.add_argument('--pairs', type=int, default=8, help='pairs of frames a video, spread over it (default: 8)')
    parser.add_argument('--short-side', type=int, default=256, help='pixels (default: 256)')
    parser.add_argument('--threads', type=int, default=1, help='of torch and of OpenCV (default: 1)')
    parser.add_argument('--device', default='cpu', help='of tvl1 (default: cpu)')
    parser.add_argument('--batch-size', type=int, default=1, metavar='N', help='pairs at a time (default: 1)')
    parser.add_argument('--json', metavar='F.json', help='write the figures as one JSON object')
    args = parser.parse_args()
    if min(args.pairs, args.short_side, args.threads, args.batch_size) < 1:
        parser.error('--pairs, --short-side, --threads and --batch-size must be positive')
    return args


def main() -> None:
    """Measure and print."""
    args = parse_args()
    if args.json:
        check_can_write(args.json, '--json')
    import cv2
    import torch

    from mmacl.utils.tables import draw_table
    from mmacl.video import build_flow

    torch.set_num_threads(args.threads)
    cv2.setNumThreads(args.threads)
    methods = {name: build_flow(name, args.device if name == 'tvl1' else 'cpu') for name in METHODS}
    load, rows = os.getloadavg()[0], []
    figures: dict[str, Any] = {}
    for video in args.videos:
        pairs = list(read_pairs(video, args.pairs, args.short_side))
        if not pairs:
            raise InputError('has less than two frames', file=video)
        for method in methods.values():  # what is loaded or compiled at the first call
            method(*pairs[0])
        flows: dict[str, list[Tensor]] = defaultdict(list)
        cpu, clock = dict.fromkeys(METHODS, 0.0), dict.fromkeys(METHODS, 0.0)
        for start in range(0, len(pairs), args.batch_size):
            frames = [torch.cat(side) for side in zip(*pairs[start : start + args.batch_size], strict=True)]
            for name in METHODS if start // args.batch_size % 2 else METHODS[::-1]:
                flow, spent = timed(lambda name=name, frames=frames: methods[name](*frames).cpu())  # type: ignore[misc]
                flows[name].append(flow)
                cpu[name] += spent[0] / len(pairs)
                clock[name] += spent[1] / len(pairs)
        reference = torch.cat(flows['tvl1_opencv'])
        moved = reference.square().sum(1).sqrt().mean().item()
        found: dict[str, Any] = {'height_width': list(reference.shape[2:]), 'mean_flow': moved, 'pairs': len(pairs)}
        figures[video] = found
        for name in METHODS:
            difference = (torch.cat(flows[name]) - reference).square().sum(1).sqrt().flatten()
            quantiles = torch.tensor([0.5, 0.95])
            half, most = torch.quantile(difference[:: max(len(difference) // 1_000_000, 1)], quantiles).tolist()
            ratio = clock[name] / clock['tvl1_opencv'], cpu[name] / cpu['tvl1_opencv']
            found[name] = {
                'cpu_seconds': cpu[name], 'seconds': clock[name], 'ratio': ratio[0], 'cpu_ratio': ratio[1],
                'mean': difference.mean().item(), 'median': half, 'quantile_95': most,
            }  # fmt: skip
            cells = [cpu[name], clock[name], ratio[1], ratio[0], difference.mean().item(), half, most, moved]
            rows.append([os.path.basename(video), name, *(f'{value:.3g}' for value in cells)])
    head = ['video', 'method', 'CPU s a pair', 's a pair', 'CPU ratio', 'ratio', 'EPD', 'median', '95 %', 'mean flow']
    print(f'{args.threads} threads, tvl1 on {args.device}, load {load:.1f}; ratio and end-point difference to OpenCV')
    print(draw_table([head, *rows], first_numbers=2))
    if args.json:
        write_json_atomically(args.json, {'load': load, 'threads': args.threads, 'videos': figures})


def read_pairs(path: str, count: int, short_side: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield grey neighbours, (1, H, W) each, spread over a video."""
    import cv2
    import torch

    from mmacl.video import VideoFile

    greys = [cv2.cvtColor(f, cv2.COLOR_RGB2GRAY) for f in VideoFile(path).frames(25.0, short_side)]
    for i in sorted({(len(greys) - 1) * k // count for k in range(count)}) if len(greys) > 1 else ():
        yield torch.from_numpy(greys[i])[None], torch.from_numpy(greys[i + 1])[None]


def timed(function: Callable[[], Any]) -> tuple[Any, tuple[float, float]]:
    """Call a function; its value, seconds of the processor and of the clock."""
    cpu, clock = time.process_time(), time.perf_counter()
    value = function()
    return value, (time.process_time() - cpu, time.perf_counter() - clock)


if __name__ == '__main__':
    run_tool(main)
