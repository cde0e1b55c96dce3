"""Time a training step of each method on the simulated videos, on one thread, and print the ratio to ACL.

A step is preprocessing, losses, gradients and the update of the weights, for the batch that the config draws; reading
and cropping are not in it. The methods take turns, and the fastest of their medians counts, so that other work on the
machine matters little.

Examples:
    python tools/maintenance/benchmark_methods.py --methods all
    python tools/maintenance/benchmark_methods.py --methods stpn my_methods --steps 50 --json steps.json
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mmacl.cli import add_override_arguments, at_least_one, run_tool
from mmacl.utils import InputError, check_can_write, write_json_atomically
from mmacl.utils.tables import draw_table

if TYPE_CHECKING:
    from mmacl.reports.paper_tables.methods import Method

_WARM_UP = 3
# Enough for a batch of every method, and quickly simulated.
_VIDEOS = 64
_BASE = 'acl'


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        '--methods',
        nargs='+',
        default=['all'],
        metavar='METHOD',
        help='methods and folders of methods, as for paper_tables.py (default: all)',
    )
    parser.add_argument('--steps', type=at_least_one, default=10, help='timed steps of a turn (default: 10)')
    parser.add_argument('--turns', type=at_least_one, default=3, help='turns of each method (default: 3)')
    parser.add_argument('--json', type=Path, metavar='F.json', help='write the figures as one JSON object')
    add_override_arguments(parser, 'as for tools/train.py, for every method', 'as for tools/train.py')
    return parser.parse_args()


def time_steps(path: Path, steps: int, options: tuple[str, ...], plugins: list[str]) -> float:
    """Train a config for some steps with labels; return the median seconds of a step after the warm-up."""
    from mmacl.config import load_config
    from mmacl.engine.start_run import build_runner, place_run

    config = load_config(path, options, plugins)
    config.train_cfg.update(num_rounds=1, epochs_per_round=1)
    config.update(val_cfg=None, val_dataloader=None, val_evaluator=None, log_level='ERROR')
    sampler = config.train_dataloader.get('batch_sampler')
    if sampler is None or 'num_batches' not in sampler:
        raise InputError(
            'its batch sampler takes no num_batches', file=path, remedy='time a config with such a sampler'
        )
    sampler.num_batches = _WARM_UP + steps
    config.train_dataloader.dataset.num_videos = _VIDEOS
    seconds: list[float] = []
    with tempfile.TemporaryDirectory() as work_dir:
        place_run(config, work_dir, 'none')
        runner = build_runner(config)
        train_step = runner.model.train_step

        def timed_step(*args: Any, **kwargs: Any) -> Any:
            start = time.perf_counter()
            found = train_step(*args, **kwargs)
            seconds.append(time.perf_counter() - start)
            return found

        runner.model.train_step = timed_step
        runner.train()
    return float(np.median(seconds[_WARM_UP:]))


def main() -> None:
    """Time all methods in turn and print the table."""
    args = parse_args()
    import torch

    from mmacl.reports.paper_tables import DATA_SETS
    from mmacl.reports.paper_tables.methods import find_methods

    if args.json:
        check_can_write(args.json, '--json')
    # With labels: a step is the same without, and nothing is clustered first.
    methods: list[Method] = find_methods([_BASE, *args.methods], DATA_SETS['synthetic'], ('ws',))
    torch.set_num_threads(1)
    seconds = {
        method: [time_steps(method.configs['ws'], args.steps, args.cfg_options, args.plugin)] for method in methods
    }
    for _ in range(args.turns - 1):
        for method, found in seconds.items():
            found.append(time_steps(method.configs['ws'], args.steps, args.cfg_options, args.plugin))
    base = min(seconds[methods[0]])
    rows = {
        method.title: {'milliseconds': 1000 * min(found), 'ratio': min(found) / base}
        for method, found in seconds.items()
    }
    cells = [[name, f'{row["milliseconds"]:.1f}', f'{row["ratio"]:.2f}'] for name, row in rows.items()]
    title = f'a training step on simulated videos, one thread, best of {args.turns} medians of {args.steps}'
    print(draw_table([['method', 'ms a step', f'ratio to {methods[0].title}'], *cells], title, first_numbers=1))
    if args.json:
        figures = {'simulated': True, 'steps': args.steps, 'turns': args.turns, 'threads': 1, 'methods': rows}
        write_json_atomically(args.json, figures)


if __name__ == '__main__':
    run_tool(main)
