r"""Discover the actions of unlabelled videos: extract features, train without labels, find segments, write a gallery.

The gallery is a page that shows each cluster of segments and takes a name for it. Writes OUT/gallery.html,
OUT/segments.json (ActivityNet's form), OUT/discover.py (the config), OUT/training and OUT/features. The same command
goes on where it was stopped.

Without --weights the features are MotionHistogram: hand-made, quick, offline, and enough for a still camera and actions
that differ in motion. For real footage name a trained network, e.g. --extractor i3d_rgb --weights i3d_rgb.safetensors.

A file that is no whole video is reported and left out; the exit code is then 1.

Examples:
    python tools/discover.py my_videos --num-actions 8 --out found --weights i3d_rgb.safetensors
    python tools/discover.py my_videos --num-actions 8 --out found --weights i3d_rgb.safetensors --names names.json
    python tools/discover.py my_videos --num-actions auto --out found --cfg-options train_cfg.num_rounds=2
    python tools/discover.py data/mine --num-actions 8 --out found      # a folder of features
"""

from __future__ import annotations

import argparse
import sys

from mmacl.cli import EXIT_INTERRUPTED, add_override_arguments, import_plugin, seed
from mmacl.utils import InputError

AFTER_INTERRUPT = 'the same command goes on'


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('videos', metavar='VIDEO_DIR', help='folder of videos, or of features')
    parser.add_argument(
        '--num-actions', required=True, type=_number, metavar='C', help='how many actions, or "auto" to choose a number'
    )
    parser.add_argument('--out', required=True, metavar='DIR', help='folder to write')
    parser.add_argument('--names', metavar='JSON', help='names of the clusters, as the gallery saves them')
    read = parser.add_argument_group('features')
    read.add_argument(
        '--extractor', metavar='NAME', help='a registered one (default: i3d_rgb with --weights, else motion_histogram)'
    )
    read.add_argument('--weights', metavar='FILE', help='weights of the network, .safetensors or a state dict')
    read.add_argument('--fps', type=float, default=25.0, help='frames a second to sample (default: 25)')
    read.add_argument('--stride', type=int, default=16, help='frames from snippet to snippet (default: 16)')
    read.add_argument('--batch-size', type=int, default=4, metavar='N', help='snippets at a time (default: 4)')
    read.add_argument('--device', default='auto', help='cpu, cuda, cuda:1 (default: a GPU if there is one)')
    read.add_argument('--precision', choices=['float32', 'bfloat16', 'float16'], default='float32')
    read.add_argument('--allow-partial', action='store_true', help='use truncated files as far as they go')
    trained = parser.add_argument_group('training')
    trained.add_argument('--seed', type=seed, default=0, help='seed of the training (default: 0)')
    add_override_arguments(parser, 'override keys of the config, as for tools/train.py', 'import this module first')
    args = parser.parse_args()
    if args.fps <= 0 or args.stride < 1 or args.batch_size < 1:
        parser.error('--fps, --stride and --batch-size must be positive')
    return args


def _number(word: str) -> int | None:
    """A number of actions; None for ``auto``."""
    if word == 'auto':
        return None
    if not word.isdecimal() or int(word) < 2:
        raise argparse.ArgumentTypeError(f'{word!r} is no number of actions; give a number from 2, or auto')
    return int(word)


def main() -> None:
    """Discover, and say what to do next."""
    args = parse_args()
    for module in args.plugin:
        import_plugin(module)
    import torch

    from mmacl.apis import discover

    device = args.device
    if device == 'auto':
        device = 'cuda' if torch.cuda.is_available() else 'cpu'
    kind = args.extractor or ('i3d_rgb' if args.weights else 'motion_histogram')
    extractor = {'type': kind, 'weights': args.weights, 'device': device, 'precision': args.precision}
    try:
        done = discover(
            args.videos,
            args.out,
            args.num_actions,
            extractor,
            fps=args.fps,
            stride=args.stride,
            names=args.names,
            seed=args.seed,
            options=args.cfg_options,
            plugins=args.plugin,
            batch_size=args.batch_size,
            allow_partial=args.allow_partial,
        )
    except KeyboardInterrupt:
        print(f'interrupted; {AFTER_INTERRUPT}', file=sys.stderr)
        sys.exit(EXIT_INTERRUPTED)
    print(f'gallery:    {done.gallery}')
    print(f'segments:   {done.segments}')
    print(f'model:      --model {done.config} --checkpoint {done.checkpoint}')
    if args.names is None:
        print('Open the gallery, name the clusters, save the names, and run this again with --names names.json.')
    report(done.failed)


def report(failed: list[InputError]) -> None:
    """Name the videos that were left out, and exit with 1 if there are any."""
    for error in failed:
        print(f'left out: {error}', file=sys.stderr)
    if failed:
        sys.exit(1)
