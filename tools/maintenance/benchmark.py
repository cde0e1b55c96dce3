"""Measure how fast mmacl is on this machine: each topic compares two ways of the same work in one run.

load       batches from a folder and from caches; every feature store beside np.load
step       a training step in float32 and bfloat16, and equal losses
cluster    the spectral clusterer and scikit-learn's
localize   the network of a test set, one by one and in batches, and post-processing
evaluate   mAP and plain loops; the whole command
start      --help and start-up of every command
traffic    bytes between processes, calculated and counted
profile    where the time of a whole training goes
all        every topic above that the size has, one after another
cluster_scale  (not in all) clustering 5,000, 20,000 or 100,000 videos: seconds, peak memory, agreement

Tables show medians, ratios, and the share of what the machine can do, which is measured first in the same run: a large
copy, products of matrices, convolutions, reading a file. All features are simulated, in the size of a data set.

Examples:
    python tools/maintenance/benchmark.py step
    python tools/maintenance/benchmark.py step --size thumos14 --device cuda --steps 1000 --json step.json
    python tools/maintenance/benchmark.py cluster localize evaluate --size anet12
    python tools/maintenance/benchmark.py all --quick
"""

from __future__ import annotations

import argparse
import importlib
import itertools
import sys
import time
from pathlib import Path
from typing import Any

# The topics need a checkout; without an installation, so does mmacl.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from mmacl.cli import run_tool
from mmacl.utils import InputError, check_can_write, write_json_atomically

TOPICS = ('load', 'step', 'cluster', 'localize', 'evaluate', 'start', 'profile', 'traffic')
APART = ('cluster_scale',)


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        'topics', nargs='+', choices=[*TOPICS, *APART, 'all'], metavar='TOPIC', help='what to measure: names as above'
    )
    parser.add_argument(
        '--size',
        choices=['thumos14', 'anet12', 'synthetic', '20k', '100k'],
        default='thumos14',
        help='default: thumos14',
    )
    parser.add_argument(
        '--device', choices=['cpu', 'cuda', 'auto'], default='auto', help='default: a GPU if there is one'
    )
    parser.add_argument(
        '--methods',
        nargs='+',
        default=['acl'],
        metavar='METHOD',
        help='for step: names as in stpn, or all (default: acl)',
    )
    parser.add_argument('--steps', type=int, metavar='N', help='for step: timed steps (default: 5; on a GPU 200)')
    parser.add_argument('--quick', action='store_true', help='a tiny size, once: to see that it works')
    parser.add_argument('--json', metavar='F.json', help='write figures and machine as one JSON object')
    return parser.parse_args()


def choose_topics(asked: list[str], data: str) -> list[str]:
    """List the topics, each once; ``all`` stands for those that a data set has."""
    # There is no simulated folder of ActivityNet's size to train from.
    left_out = ('profile',) if data == 'anet12' else ()
    if any(topic in left_out for topic in asked):
        raise InputError('profile has no simulated folder of that size', remedy='use --size thumos14 or synthetic')
    every = [topic for topic in TOPICS if topic not in left_out]
    return list(dict.fromkeys(itertools.chain.from_iterable(every if name == 'all' else [name] for name in asked)))


def show(tables: dict[str, list[dict[str, Any]]]) -> str:
    """Draw tables with their titles."""
    from mmacl.utils.tables import cells_of, draw_table

    return '\n'.join(
        draw_table(cells_of(rows), title, first_numbers=sum(isinstance(value, str) for value in rows[0].values()))
        for title, rows in tables.items()
        if rows
    )


def main() -> None:
    """Measure, print, write."""
    args = parse_args()
    if args.json:
        check_can_write(args.json, '--json')
    import torch

    from mmacl.apis import list_models
    from tools.maintenance.benchmarks.machine_limits import (
        describe_machine,
        machine_load,
        measure_files,
        measure_limits,
    )
    from tools.maintenance.benchmarks.setting import SIZES, Setting

    device = ('cuda' if torch.cuda.is_available() else 'cpu') if args.device == 'auto' else args.device
    if device == 'cuda' and not torch.cuda.is_available():
        raise InputError('--device cuda: torch sees no GPU', remedy='use --device cpu')
    topics = choose_topics(args.topics, SIZES[args.size].data)
    size = SIZES[args.size].smaller() if args.quick else SIZES[args.size]
    methods = tuple(args.methods)
    if methods == ('all',):
        ending = f'_{size.data}_us'
        methods = (
            'acl',
            *(name.removesuffix(ending) for name in list_models(f'*{ending}') if not name.startswith('acl')),
        )
    setting = Setting(size, device, args.quick, methods, args.steps)
    found: dict[str, Any] = {'size': args.size, 'device': device, 'quick': args.quick, 'simulated': True}
    found['machine'] = describe_machine(device)
    print(' | '.join(f'{key} {value}' for key, value in found['machine'].items()))
    setting.limits.update(measure_limits(setting), **measure_files(setting))
    found.update(limits=setting.limits, runs={}, topics={})
    print(
        show({'what the machine can do': [{'limit': key, 'measured': value} for key, value in setting.limits.items()]})
    )
    for topic in topics:
        start, load = time.perf_counter(), machine_load()
        found['topics'][topic] = importlib.import_module(f'tools.maintenance.benchmarks.{topic}').measure(setting)
        found['runs'][topic] = {'s': time.perf_counter() - start, 'load before': load, 'load after': machine_load()}
        print(show(found['topics'][topic]), flush=True)
        if args.json:  # after each, so that an interrupted run keeps what it has measured
            write_json_atomically(args.json, found)


if __name__ == '__main__':
    run_tool(main)
