"""Train one or more configs under several seeds, and report mean and standard deviation by round.

Finished runs are read, interrupted ones are resumed and missing ones are run, so a second call does no work. A run is
recognised by its composed config and seed. With several configs, a last table shows how each differs from the first,
paired by seed. Figures of simulated data are marked as simulated.

Examples:
    python tools/multi_seed.py configs/acl/acl_synthetic_us.py --seeds 0 1 2 3 4 --jobs 2
    python tools/multi_seed.py configs/acl/acl_synthetic_us.py configs/acl_plus/acl_plus_synthetic_us.py --seeds 0 1 2
    python tools/multi_seed.py configs/acl/ablations/acl_synthetic_us_*.py --seeds 0 1 2 --json table5.json
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from mmacl.cli import EXIT_INTERRUPTED, add_seed_arguments
from mmacl.reports.compare_rounds import Figure, compare_with
from mmacl.utils import InputError, check_can_write, write_json_atomically
from mmacl.utils.spread import format_spread, summarise_rounds
from mmacl.utils.tables import draw_table


def parse_args() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('configs', nargs='+', type=Path, help='config files')
    parser.add_argument('--out', type=Path, default=Path('work_dirs/multi_seed'), help='folder for all runs')
    parser.add_argument('--json', type=Path, metavar='F', help='write all figures as one JSON object')
    parser.add_argument(
        '--seed-keys',
        nargs='+',
        default=[],
        metavar='KEY',
        help='keys of the config that take the seed too; of simulated data: train_dataloader.dataset.seed '
        'val_dataloader.dataset.seed test_dataloader.dataset.seed',
    )
    add_seed_arguments(parser)
    return parser.parse_args()


def figures_of(entry: dict[str, Any]) -> list[Figure]:
    """List what is shown of a round: clustering as fractions, mAP in per cent."""
    clustering = [Figure(key, key.removeprefix('cluster/'), 3) for key in entry if key.startswith('cluster/')]
    return clustering + [Figure(key, key.removeprefix('tal/'), 2, 100) for key in entry if key.startswith('tal/mAP')]


def format_table(name: str, summary: list[dict[str, Any]], simulated: bool) -> str:
    """Draw a row for each round."""
    figures = figures_of(summary[0])
    cells = [['Round', *(figure.title for figure in figures)]]
    for entry in summary:
        row = [format_spread(entry[figure.key], figure.digits, figure.scale) for figure in figures]
        cells.append([str(entry['round']), *row])
    note = ' (simulated data)' if simulated else ''
    what = f'{name}{note}: mean +- standard deviation of {summary[0]["seeds"]} seeds, mAP in %'
    return f'{what}\n{draw_table(cells)}'


def format_differences(runs: dict[str, Any]) -> str:
    """Draw how each config differs from the first, each after its last round; '' if there is nothing to compare."""
    (name, first), *others = runs.items()
    shown = figures_of(first['rounds'][-1])
    header, rows = compare_with(first['rows'], {other: of['rows'] for other, of in others}, shown)
    if not shown or not rows:
        return ''
    note = ' (simulated data)' if any(of['simulated'] for of in runs.values()) else ''
    what = f'less {name}{note}, paired by seed, last round: mean +- standard deviation (seeds above 0), mAP in %'
    return f'{what}\n{draw_table([header, *([cell.replace("±", "+-") for cell in row] for row in rows)])}'


def main() -> None:
    """Run and report."""
    args = parse_args()
    if args.json:
        check_can_write(args.json, '--json')
    check_can_write(args.out, '--out', folder=True)

    from mmacl.runs.run_display import RunDisplay
    from mmacl.runs.run_queue import run_all, unique_runs
    from mmacl.runs.seeded_run import SeededRun

    args.seeds, args.configs = (list(dict.fromkeys(values)) for values in (args.seeds, args.configs))
    stems = [config.stem for config in args.configs]
    if twice := next((config for config in args.configs if stems.count(config.stem) > 1), None):
        raise InputError('another config has this name, too', file=twice, remedy='rename one of them')
    options, plugins, keys = args.cfg_options, tuple(args.plugin), tuple(args.seed_keys)
    runs = {
        config: [SeededRun(config, seed, args.out, options, plugins, keys) for seed in args.seeds]
        for config in args.configs
    }
    # Every config is read before the first training starts.
    unique = list(unique_runs([run for of_config in runs.values() for run in of_config]).values())
    display = RunDisplay(unique)
    try:
        outcomes = run_all(unique, args.jobs, display)
    except KeyboardInterrupt:
        display.close()
        print('interrupted; the same command continues from here', file=sys.stderr)
        sys.exit(EXIT_INTERRUPTED)
    display.close()
    figures: dict[str, Any] = {}
    for config, of_config in runs.items():
        rows = {run.seed: found for run in of_config if (found := outcomes[run.key].rows) is not None}
        if not rows:
            continue
        simulated = any(bool(found[0].get('simulated', False)) for found in rows.values())
        figures[config.stem] = {
            'simulated': simulated,
            'seeds': list(rows),
            'rounds': summarise_rounds(list(rows.values())),
            'rows': {str(seed): found for seed, found in rows.items()},
        }
        print('\n' + format_table(config.stem, figures[config.stem]['rounds'], simulated))
    if len(figures) > 1 and args.configs[0].stem in figures and (differences := format_differences(figures)):
        print('\n' + differences)
    if args.json:
        write_json_atomically(args.json, figures)
    failed = [outcome for outcome in outcomes.values() if outcome.rows is None]
    for outcome in failed:
        print(f'failed: {outcome.run}: {outcome.error}', file=sys.stderr)
    if failed:
        sys.exit(1)
