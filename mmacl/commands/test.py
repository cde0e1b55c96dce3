"""Test a checkpoint: mAP on the test videos, and on request the segments, the attention and pictures of them.

A folder without annotations gives no mAP; its segments are written all the same.

Examples:
    python tools/test.py configs/acl/acl_synthetic_us.py work_dirs/acl_synthetic_us/epoch_12.pth
    python tools/test.py CONFIG CKPT --out results.json --dump-attention attention/ --show-dir timelines/
"""

from __future__ import annotations

import argparse
from pathlib import Path

from mmacl.cli import add_config_arguments
from mmacl.config import load_config
from mmacl.engine import load_checkpoint_safely, start_processes
from mmacl.engine.start_run import build_runner, check_datasets
from mmacl.utils import InputError


def parse_args() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_config_arguments(parser)
    parser.add_argument('checkpoint', help='an epoch_N.pth that tools/train.py wrote')
    parser.add_argument('--work-dir', help='folder for logs (default: work_dirs/<config name>)')
    parser.add_argument('--out', metavar='F.json', help='write all segments in ActivityNet JSON form')
    parser.add_argument('--dump-attention', metavar='D', help='write A, S and p of each video as D/<video>.npz')
    parser.add_argument('--show-dir', metavar='D', help='draw a timeline of each video as D/<video>.png')
    parser.add_argument(
        '--launcher', choices=['none', 'pytorch', 'slurm'], default='none', help='how processes were started'
    )
    parser.add_argument('--local_rank', '--local-rank', type=int, default=0, help=argparse.SUPPRESS)
    return parser.parse_args()


def main() -> None:
    """Test."""
    args = parse_args()
    if args.out and not args.out.endswith('.json'):
        raise InputError('results are JSON', file=f'--out {args.out}', remedy='give a name that ends in .json')
    config = load_config(args.config, args.cfg_options, args.plugin)
    load_checkpoint_safely(args.checkpoint)
    # A target that cannot be written is found now, not after the test.
    for folder in (Path(args.out).parent if args.out else None, args.dump_attention, args.show_dir):
        if folder is not None:
            Path(folder).mkdir(parents=True, exist_ok=True)
    config.launcher = args.launcher
    config.work_dir = args.work_dir or config.get('work_dir') or f'work_dirs/{Path(args.config).stem}'
    config.load_from = args.checkpoint
    start_processes(args.launcher)
    check_datasets(config, train=False)
    runner = build_runner(config)
    if args.out:
        runner.register_hook({'type': 'DumpDetectionsHook', 'out': args.out})
    if args.dump_attention:
        runner.register_hook({'type': 'DumpAttentionHook', 'out_dir': args.dump_attention})
    if args.show_dir:
        runner.register_hook({'type': 'TimelineHook', 'show_dir': args.show_dir})
    runner.test()
