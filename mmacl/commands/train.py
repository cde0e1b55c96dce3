"""Train a config: cluster, learn co-attention, validate, and again for each round.

Without labels (``*_us.py``) the videos are clustered first; with video-level labels (``*_ws.py``) clustering is
skipped. A terminal shows a live bar, other outputs get plain lines. Each round ends with a clustering table and a mAP
table, and the run with both over all rounds. Only one training at a time can write into a work folder.

Examples:
    python tools/train.py configs/acl/acl_synthetic_us.py
    python tools/train.py configs/acl/acl_synthetic_us.py --seed 1 --cfg-options train_cfg.num_rounds=2
    python tools/train.py configs/acl/acl_thumos14_us.py --resume
"""

from __future__ import annotations

import argparse

from mmacl.cli import add_config_arguments, seed

AFTER_INTERRUPT = 'the same command with --resume continues from the last checkpoint'


def parse_args() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_config_arguments(parser)
    parser.add_argument('--work-dir', help='folder for logs and checkpoints (default: work_dirs/<config name>)')
    parser.add_argument(
        '--resume',
        nargs='?',
        const='auto',
        metavar='CKPT',
        help='continue from a checkpoint; without a path, from the latest in the work_dir, or from the start if '
        'there is none',
    )
    parser.add_argument('--amp', action='store_true', help='train in bfloat16 mixed precision, on a GPU or a CPU')
    parser.add_argument('--seed', type=seed, help='seed of every random choice (default: the config, 0)')
    parser.add_argument(
        '--launcher', choices=['none', 'pytorch', 'slurm'], default='none', help='how processes were started'
    )
    parser.add_argument('--local_rank', '--local-rank', type=int, default=0, help=argparse.SUPPRESS)
    return parser.parse_args()


def main() -> None:
    """Train."""
    args = parse_args()

    from mmacl.config import load_config
    from mmacl.engine.start_run import place_run, train

    config = load_config(args.config, args.cfg_options, args.plugin)
    place_run(config, args.work_dir, args.launcher)
    if args.seed is not None:
        config.randomness.seed = args.seed
    if args.amp:
        config.optim_wrapper.type = 'AutocastOptimWrapper'
    train(config, args.resume)
