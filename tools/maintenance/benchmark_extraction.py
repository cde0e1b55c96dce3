"""Time extractors beside what the machine can do: snippets a second, GFLOP/s, and the share of the measured limit.

The limit is the faster of a large matrix product and of a 3 x 3 x 3 convolution of 64 to 192 channels, measured in the
same precision, in turn with the network in the same run. On a CPU the shares are of processor time, which other
programs hardly change; waiting threads spend some, so use --threads 1 on a busy machine. Decoding is not part of it;
with --video the whole way from a file is timed as well. A multiplication and an addition count as two.

Examples:
    python tools/maintenance/benchmark_extraction.py i3d_rgb=i3d_rgb.safetensors --video a.mp4
    python tools/maintenance/benchmark_extraction.py i3d_rgb=random s3d=random r3d_18=random --precision float32
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from statistics import median
from typing import TYPE_CHECKING, Any

from mmacl.cli import run_tool
from mmacl.utils import check_can_write, write_json_atomically

if TYPE_CHECKING:
    from mmacl.video import FeatureExtractor


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('extractors', nargs='+', metavar='NAME=WEIGHTS', help='as in i3d_rgb=i3d_rgb.safetensors')
    parser.add_argument('--precision', nargs='+', choices=['float32', 'bfloat16'], default=['float32', 'bfloat16'])
    parser.add_argument('--batch-size', type=int, default=4, metavar='N', help='snippets at a time (default: 4)')
    parser.add_argument('--repeats', type=int, default=5, help='runs; the median counts (default: 5)')
    parser.add_argument('--threads', type=int, default=0, help='default: as torch chooses')
    parser.add_argument('--device', default='cpu', help='default: cpu')
    parser.add_argument('--video', action='append', default=[], help='also time extract_video on this file')
    parser.add_argument('--json', metavar='F.json', help='write the figures as one JSON object')
    args = parser.parse_args()
    if args.batch_size < 1 or args.repeats < 1 or not all('=' in word for word in args.extractors):
        parser.error('give NAME=WEIGHTS, and positive --batch-size and --repeats')
    return args


def main() -> None:
    """Measure and print."""
    args = parse_args()
    if args.json:
        check_can_write(args.json, '--json')
    import torch

    from mmacl.utils.tables import draw_table
    from mmacl.video import build_extractor

    if args.threads:
        torch.set_num_threads(args.threads)
    rows, figures = [], []
    for word in args.extractors:
        name, _, weights = word.partition('=')
        for precision in args.precision:
            config = {'type': name, 'weights': weights, 'device': args.device, 'precision': precision}
            found = measure(build_extractor(config), args)
            figures.append({'extractor': name, 'precision': precision, **found})
            rows.append([name, precision, *(f'{value:.3g}' for value in found.values())])
            print(f'{name} {precision}: {found["snippets_per_second"]:.3g} snippets/s', flush=True)
    keys = list(figures[0])
    print(f'{torch.get_num_threads()} threads on {args.device}, batches of {args.batch_size}')
    print(draw_table([[key.replace('_', ' ') for key in keys], *rows], first_numbers=2))
    if args.json:
        write_json_atomically(args.json, {'threads': torch.get_num_threads(), 'figures': figures})


def measure(extractor: FeatureExtractor, args: argparse.Namespace) -> dict[str, float]:
    """Time one extractor and the limits in turn."""
    import numpy as np
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    size = extractor.crop_size
    shape = (args.batch_size, extractor.window, size, size, 2 if extractor.modality == 'flow' else 3)
    snippets: Any = np.random.default_rng(0).integers(0, 255, shape, dtype=np.uint8)
    # Counted in float32: below autocast some operations of mvit_v2_s would be given two types.
    precision, extractor.precision = extractor.precision, 'float32'
    with FlopCounterMode(display=False) as counter:
        extractor.extract(snippets[:1])
    extractor.precision = precision
    gflop = counter.get_total_flops() / 1e9
    product, convolution = limits(args.device, extractor.precision)
    load = os.getloadavg()[0]
    times: dict[str, list[tuple[float, float]]] = {'network': [], 'product': [], 'convolution': []}
    extractor.extract(snippets)
    for _ in range(args.repeats):
        times['network'].append(timed(lambda: extractor.extract(snippets), args.device))
        times['product'].append(timed(product[0], args.device))
        times['convolution'].append(timed(convolution[0], args.device))
    clock, spent = ({key: median(pair[i] for pair in pairs) for key, pairs in times.items()} for i in range(2))
    middle = spent if extractor.device.type == 'cpu' else clock
    reached = gflop * args.batch_size / middle['network']
    product_limit, convolution_limit = product[1] / middle['product'], convolution[1] / middle['convolution']
    parameters = sum(p.numel() for p in extractor.parameters()) / 1e6
    found = {
        'parameters_millions': parameters,
        'gflop_a_snippet': gflop,
        'snippets_per_second': args.batch_size / clock['network'],
        'snippets_per_cpu_second': args.batch_size / spent['network'],
        'gflops': reached,
        'product_gflops': product_limit,
        'convolution_gflops': convolution_limit,
        'share_of_limit': reached / max(product_limit, convolution_limit),
        'load': load,
    }
    if args.video:
        from mmacl.video import extract_video

        rows = 0
        start = time.perf_counter()
        for video in args.video:
            rows += len(extract_video(video, extractor, batch_size=args.batch_size)[0])
        found['snippets_per_second_from_file'] = rows / (time.perf_counter() - start)
    if extractor.device.type == 'cuda':
        torch.cuda.empty_cache()
    return found


def limits(device: str, precision: str) -> list[tuple[Callable[[], Any], float]]:
    """A matrix product and a convolution, each with its GFLOP; both are called once here."""
    import torch
    from torch import nn

    dtype = getattr(torch, precision)
    a, b = (torch.randn(2048, 2048, device=device, dtype=dtype) for _ in range(2))
    layer = nn.Conv3d(64, 192, 3, padding=1).to(device, dtype)
    layer.to(memory_format=torch.channels_last_3d)  # type: ignore[call-overload]
    x = torch.randn(1, 64, 8, 56, 56, device=device, dtype=dtype).contiguous(memory_format=torch.channels_last_3d)

    @torch.inference_mode()
    def convolve() -> Any:
        return layer(x)

    found = [(lambda: a @ b, 2 * 2048**3 / 1e9), (convolve, 2 * 27 * 64 * 192 * 8 * 56 * 56 / 1e9)]
    for function, _ in found:
        function()
    return found


def timed(function: Callable[[], Any], device: str) -> tuple[float, float]:
    """Seconds of the clock and of the processor that a call takes."""
    import torch

    def wait() -> None:
        if device != 'cpu':
            torch.cuda.synchronize(device)

    wait()
    clock, spent = time.perf_counter(), time.process_time()
    function()
    wait()
    return time.perf_counter() - clock, time.process_time() - spent


if __name__ == '__main__':
    run_tool(main)
