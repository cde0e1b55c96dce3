"""Test a checkpoint: print mAP on the test videos; on request write their segments, attention and pictures.

Without annotations there is no mAP, but segments can be written.

Examples:
    python tools/test.py configs/acl/acl_synthetic_us.py work_dirs/acl_synthetic_us/epoch_12.pth
    python tools/test.py CONFIG CKPT --out results.json --dump-attention attention/ --show-dir timelines/
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from mmacl.cli import add_config_arguments
from mmacl.utils import InputError, check_can_write

if TYPE_CHECKING:
    from mmengine.config import Config


def parse_args() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_config_arguments(parser)
    parser.add_argument('checkpoint', help='an epoch_N.pth that tools/train.py wrote')
    parser.add_argument('--work-dir', help='folder for logs (default: work_dirs/<config name>)')
    parser.add_argument(
        '--baseline',
        choices=['whole-video'],
        help='also score the whole of each video as one segment, for each class with the best score found there',
    )
    parser.add_argument('--out', metavar='F.json', help='write all segments in ActivityNet JSON form')
    parser.add_argument('--dump-attention', metavar='D', help='write A, S and p of each video as D/<video>.npz')
    parser.add_argument('--show-dir', metavar='D', help='draw a timeline of each video as D/<video>.png')
    parser.add_argument(
        '--launcher', choices=['none', 'pytorch', 'slurm'], default='none', help='how processes were started'
    )
    parser.add_argument('--local_rank', '--local-rank', type=int, default=0, help=argparse.SUPPRESS)
    return parser.parse_args()


def set_baseline(config: Config, baseline: str, source: str) -> None:
    """Let the metrics of the test that compute mAP score a baseline too.

    Raises:
        InputError: there is no such metric.
    """
    from mmacl.evaluation import TemporalMAP
    from mmacl.registry import METRICS

    evaluator = config.test_evaluator
    metrics: list[Any] = [evaluator] if isinstance(evaluator, dict) else evaluator
    found = [metric for metric in metrics if issubclass(METRICS.get(metric.type) or object, TemporalMAP)]
    if not found:
        raise InputError('test_evaluator has no TemporalMAP', file=source, remedy='leave out --baseline')
    for metric in found:
        metric.baseline = baseline


def main() -> None:
    """Test."""
    args = parse_args()
    if args.out:
        if not args.out.endswith('.json'):
            raise InputError('results are JSON', file=f'--out {args.out}', remedy='give a name that ends in .json')
        check_can_write(args.out, '--out')
    for option, folder in (('--dump-attention', args.dump_attention), ('--show-dir', args.show_dir)):
        if folder:
            check_can_write(folder, option, folder=True)

    from mmacl.config import load_config
    from mmacl.engine import load_checkpoint_safely
    from mmacl.engine.config_faults import report_config_faults
    from mmacl.engine.start_run import build_runner, check_datasets, place_run

    config = load_config(args.config, args.cfg_options, args.plugin)
    load_checkpoint_safely(args.checkpoint)
    place_run(config, args.work_dir, args.launcher)
    config.load_from = args.checkpoint
    if args.baseline:
        set_baseline(config, args.baseline, args.config)
    datasets = check_datasets(config, train=False)
    check_can_write(config.work_dir, '--work-dir', folder=True)
    runner = build_runner(config, datasets)
    if args.out:
        runner.register_hook({'type': 'DumpDetectionsHook', 'out': args.out})
    if args.dump_attention:
        runner.register_hook({'type': 'DumpAttentionHook', 'out_dir': args.dump_attention})
    if args.show_dir:
        runner.register_hook({'type': 'TimelineHook', 'show_dir': args.show_dir})
    with report_config_faults(config):
        runner.test()
