r"""Extract snippet features from video files, for training and for finding actions in them.

Writes OUT/features/<modality>/<video>.npy and OUT/timing.json, which a data set reads with timing=dict(mode='file').
The same command goes on where it was stopped. Several processes, also under torchrun, may share one OUT.

A file that is no whole video is reported and left out; the exit code is then 1.

Examples:
    python tools/extract_features.py my_videos --out data/mine --extractor i3d_rgb --weights i3d_rgb.safetensors
    python tools/extract_features.py a.mp4 b.mkv list.txt --out data/mine --weights i3d_rgb.safetensors --stride 8 \
        --device cuda --precision bfloat16
    python tools/extract_features.py my_videos --out data/mine --extractor i3d_flow --weights i3d_flow.safetensors
"""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from mmacl.cli import import_plugin
from mmacl.utils import InputError, check_can_write
from mmacl.utils.collected_errors import collect_errors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mmacl.video import FeatureExtractor, FeatureFolder, Source

AFTER_INTERRUPT = 'the same command goes on'


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        'inputs',
        nargs='+',
        metavar='INPUT',
        help='a video, a folder of them, or a .txt file with paths on its lines',
    )
    parser.add_argument('--out', required=True, metavar='DIR', help='folder of features to write')
    parser.add_argument('--extractor', default='i3d_rgb', metavar='NAME', help='see list_extractors (default: i3d_rgb)')
    parser.add_argument('--weights', metavar='FILE', help='weights of the network, .safetensors or a state dict')
    parser.add_argument(
        '--flow', metavar='NAME', help='tvl1, tvl1_opencv or dis, for extractors of flow (default: tvl1)'
    )
    parser.add_argument(
        '--extractor-options', nargs='+', default=(), metavar='KEY=VALUE', help='further arguments of the extractor'
    )
    parser.add_argument('--modality', metavar='M', help='name of the stream (default: that of the extractor)')
    parser.add_argument('--fps', type=float, default=25.0, help='frames a second to sample (default: 25)')
    parser.add_argument('--stride', type=int, default=16, help='frames from snippet to snippet (default: 16)')
    parser.add_argument('--crops', choices=['center', 'ten'], default='center', help='squares of a frame that are used')
    parser.add_argument('--batch-size', type=int, default=4, metavar='N', help='snippets at a time (default: 4)')
    parser.add_argument('--device', default='auto', help='cpu, cuda, cuda:1 (default: a GPU if there is one)')
    parser.add_argument('--precision', choices=['float32', 'bfloat16', 'float16'], default='float32')
    parser.add_argument('--allow-partial', action='store_true', help='use truncated files as far as they go')
    parser.add_argument('--plugin', action='append', default=[], metavar='MODULE', help='import this module first')
    args = parser.parse_args()
    if args.fps <= 0 or args.stride < 1 or args.batch_size < 1:
        parser.error('--fps, --stride and --batch-size must be positive')
    return args


def main() -> None:
    """Check everything first, then extract."""
    args = parse_args()
    for module in args.plugin:
        import_plugin(module)
    from mmacl.video import FeatureFolder, find_videos

    with collect_errors() as failed:
        sources = find_videos(args.inputs)
    if not sources:
        raise failed[0]
    check_can_write(args.out, '--out', folder=True)
    extractor = build_extractor(args)
    settings = {**extractor.settings(), 'fps': args.fps, 'stride': args.stride, 'precision': args.precision}
    folder = FeatureFolder(args.out, args.modality or extractor.modality, settings)
    failed += extract(args, sources, folder, extractor)
    videos = folder.write_timing()
    print(f'{args.out}: {videos} videos, {folder.modality} features of {extractor.feature_dim} values')
    for error in failed:
        print(f'left out: {error}', file=sys.stderr)
    if failed:
        sys.exit(1)


def build_extractor(args: argparse.Namespace) -> FeatureExtractor:
    """Build the extractor that the command line names."""
    import torch

    from mmacl.config.options import parse_options
    from mmacl.video import build_extractor as build

    device = args.device
    if device == 'auto':
        rank = int(os.environ.get('LOCAL_RANK', 0))
        device = f'cuda:{rank % torch.cuda.device_count()}' if torch.cuda.is_available() else 'cpu'
    options = parse_options(args.extractor_options, '--extractor-options')
    if args.flow:
        options['flow'] = args.flow
    common = {'weights': args.weights, 'crops': args.crops, 'device': device, 'precision': args.precision}
    return build({'type': args.extractor, **common, **options})


def extract(
    args: argparse.Namespace, sources: Sequence[Source], folder: FeatureFolder, extractor: FeatureExtractor
) -> list[InputError]:
    """Extract with progress; return the errors of videos that failed."""
    from mmacl.utils import track
    from mmacl.video import extract_videos

    options = {key: getattr(args, key) for key in ('fps', 'stride', 'batch_size', 'allow_partial')}
    failed, done = [], 0
    results = extract_videos(sources, [(folder, extractor)], **options)
    for number, (source, result) in enumerate(track(results, 'videos', len(sources)), start=1):
        if isinstance(result, InputError):
            failed.append(result)
            print(f'[{number}/{len(sources)}] {source.name}: failed: {result.what}')
        elif result is None:
            done += 1
        else:
            print(f'[{number}/{len(sources)}] {source.name}: {result} snippets')
    if done:
        print(f'{done} of {len(sources)} videos were done before')
    return failed
