"""Show that the memory of extraction does not grow with the length of a video.

Writes a generated video (H.264, a moving grating, one key frame in 20 s), extracts its features in a process of its
own, and prints the most memory that this process had. The extractor is a small random network, or any other by name.

Examples:
    python tools/maintenance/measure_long_video.py --minutes 120
    python tools/maintenance/measure_long_video.py --minutes 5 --extractor i3d_rgb --weights random
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

from mmacl.cli import run_tool
from mmacl.utils import InputError

SMALL = '''
import torch
from torch import nn
from mmacl.registry import EXTRACTORS
from mmacl.video import FeatureExtractor


@EXTRACTORS.register_module()
class SmallRandom(FeatureExtractor):
    """Two random convolutions; for measuring the way only."""

    feature_dim = 128
    short_side, crop_size = 96, 80

    def __init__(self, weights=None, **options):
        super().__init__(**options)
        torch.manual_seed(0)
        layers = nn.Conv3d(3, 32, 4, 4), nn.ReLU(), nn.Conv3d(32, 128, 4, 4), nn.AdaptiveAvgPool3d(1), nn.Flatten()
        self.network = nn.Sequential(*layers).eval()

    def embed(self, clips):
        return self.network(clips)
'''
MEASURED = """
import resource, sys
from mmacl.cli import run_tool
from mmacl.commands.extract_features import main
try:
    run_tool(main)
finally:
    print('peak', resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--minutes', type=float, default=120.0, help='length of the video (default: 120)')
    parser.add_argument('--size', type=int, nargs=2, default=(160, 96), metavar=('W', 'H'), help='default: 160 96')
    parser.add_argument('--extractor', default='SmallRandom', help='default: a small random network')
    parser.add_argument('--weights', default='random', help='of the extractor (default: random)')
    parser.add_argument('--limit', type=int, default=1536, metavar='MB', help='fail above it (default: 1536)')
    args = parser.parse_args()
    if args.minutes <= 0 or any(side < 16 or side % 2 for side in args.size):
        parser.error('give a positive --minutes, and even sides of at least 16')
    return args


def main() -> None:
    """Generate, extract, measure."""
    args = parse_args()
    with TemporaryDirectory() as name:
        folder = Path(name)
        start = time.perf_counter()
        write_grating(folder / 'long.mp4', args.minutes * 60, *args.size)
        size = (folder / 'long.mp4').stat().st_size / 1e6
        print(f'{args.minutes:g} minutes, {size:.1f} MB, written in {time.perf_counter() - start:.0f} s', flush=True)
        (folder / 'small_random.py').write_text(SMALL)
        command = [sys.executable, '-c', f'import sys; sys.path.append({name!r})\n{MEASURED}', str(folder / 'long.mp4')]
        command += ['--out', str(folder / 'out'), '--extractor', args.extractor, '--weights', args.weights]
        command += ['--plugin', 'small_random', '--device', 'cpu']
        start = time.perf_counter()
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise InputError(f'the extraction failed: {done.stderr.strip()[-300:]}')
        peak = int(done.stdout.rsplit('peak', 1)[1])
        snippets = next(line for line in done.stdout.splitlines() if 'snippets' in line)
        print(f'{snippets}, {time.perf_counter() - start:.0f} s, at most {peak} MB of memory')
        if peak > args.limit:
            raise InputError(f'{peak} MB are more than --limit {args.limit}')


def write_grating(path: Path, seconds: float, width: int, height: int) -> None:
    """Write a grating that moves, at 25 frames a second."""
    import numpy as np

    from mmacl.video.decoding import import_av

    av = import_av()
    wave = 128 + 100 * np.sin(2 * np.pi * np.arange(2 * width) / 40)
    row = np.repeat(wave.astype(np.uint8)[:, None], 3, axis=1)
    with av.open(str(path), 'w') as container:
        stream = container.add_stream('libx264', rate=25, options={'preset': 'ultrafast', 'g': '500', 'crf': '35'})
        stream.width, stream.height, stream.pix_fmt = width, height, 'yuv420p'
        for k in range(round(seconds * 25)):
            shift = k % 40
            picture = np.broadcast_to(row[shift : shift + width], (height, width, 3))
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format='rgb24')
            frame.pts, frame.time_base = k, Fraction(1, 25)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


if __name__ == '__main__':
    run_tool(main)
