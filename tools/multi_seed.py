"""Train one or more configs under several seeds, and report mean and standard deviation by round.

What is finished is read, what was interrupted goes on, what is missing is run: a second call does no work. A run is
recognised by its composed config and seed. Figures of simulated data are marked as simulated.

Examples:
    python tools/multi_seed.py configs/acl/acl_synthetic_us.py --seeds 0 1 2 3 4 --jobs 2
    python tools/multi_seed.py configs/acl/ablations/acl_synthetic_us_*.py --seeds 0 1 2 --json table5.json
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

from terminaltables import AsciiTable

from mmacl.apis import run_tool
from mmacl.apis.cli import OptionAction
from mmacl.apis.multi_seed import SeededRun, run_all, summarise
from mmacl.utils import write_json_atomically


class _RawOptions(OptionAction):
    """Parses ``key=value`` and keeps the words as they were typed, to hand them on."""

    def __call__(self, parser: Any, namespace: Any, values: Any, option_string: Any = None) -> None:
        super().__call__(parser, namespace, values, option_string)
        namespace.raw_options = tuple(values)


def parse_args() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('configs', nargs='+', type=Path, help='config files')
    parser.add_argument('--seeds', nargs='+', type=int, default=[0, 1, 2], help='seeds (default: 0 1 2)')
    parser.add_argument('--jobs', type=int, default=1, help='trainings at a time; they share the cores (default: 1)')
    parser.add_argument('--out', type=Path, default=Path('work_dirs/multi_seed'), help='folder for all runs')
    parser.add_argument('--json', type=Path, metavar='F', help='write all figures as one JSON object')
    parser.add_argument(
        '--cfg-options', nargs='+', action=_RawOptions, default={}, metavar='KEY=VALUE', help='as for tools/train.py'
    )
    parser.add_argument(
        '--seed-keys',
        nargs='+',
        default=[],
        metavar='KEY',
        help='keys of the config that take the seed too; of simulated data: train_dataloader.dataset.seed '
        'val_dataloader.dataset.seed test_dataloader.dataset.seed',
    )
    parser.set_defaults(raw_options=())
    return parser.parse_args()


def format_table(name: str, summary: list[dict[str, Any]], simulated: bool) -> str:
    """Rounds down, metrics across; clustering as fractions, mAP in per cent."""
    names = [key for key in summary[0] if key.startswith(('cluster/', 'tal/mAP'))]
    header = ['Round', *(key.removeprefix('cluster/').removeprefix('tal/') for key in names)]
    cells = [header, *([str(entry['round']), *(_cell(key, entry[key]) for key in names)] for entry in summary)]
    note = ' (simulated data)' if simulated else ''
    return (
        f'{name}{note}: mean +- standard deviation of {summary[0]["seeds"]} seeds, mAP in %\n' + AsciiTable(cells).table
    )


def _cell(name: str, value: dict[str, float | None]) -> str:
    scale, digits = (1, 3) if name.startswith('cluster/') else (100, 2)
    mean, std = value['mean'], value['std']
    text = f'{scale * (mean or 0.0):.{digits}f}'
    return text if std is None else f'{text} +- {scale * std:.{digits}f}'


def plan_run(args: argparse.Namespace, config: Path, seed: int) -> SeededRun:
    """One training: the overrides of the command line, and the keys that take the seed."""
    words = (*args.raw_options, *(f'{key}={seed}' for key in args.seed_keys))
    return SeededRun(config, seed, args.out, words, {**args.cfg_options, **dict.fromkeys(args.seed_keys, seed)})


def main() -> None:
    """Run and report."""
    args = parse_args()
    runs = [plan_run(args, config, seed) for config in args.configs for seed in args.seeds]
    for run in runs:
        # Every config is read before the first training starts.
        run.key()
    started, done = time.monotonic(), 0

    def report(run: SeededRun, rows: list[dict[str, Any]]) -> None:
        nonlocal done
        done += 1
        elapsed = time.monotonic() - started
        left = elapsed / done * (len(runs) - done)
        print(
            f'[{done}/{len(runs)}] {run.config.stem} seed {run.seed}: {elapsed:.0f} s, about {left:.0f} s left',
            flush=True,
        )

    all_rows = run_all(runs, args.jobs, report)
    figures: dict[str, Any] = {}
    for index, config in enumerate(args.configs):
        rows = all_rows[index * len(args.seeds) : (index + 1) * len(args.seeds)]
        simulated = bool(rows[0][0].get('simulated', False))
        figures[config.stem] = {
            'simulated': simulated,
            'seeds': args.seeds,
            'rounds': summarise(rows),
            'rows': {str(seed): found for seed, found in zip(args.seeds, rows, strict=True)},
        }
        print('\n' + format_table(config.stem, figures[config.stem]['rounds'], simulated))
    if args.json:
        write_json_atomically(args.json, figures)


if __name__ == '__main__':
    run_tool(main)
