"""Make tables of methods, and the paper's Tables 1 to 5: train what is missing, put our figures beside published ones.

Finished trainings are read, interrupted ones are resumed, missing ones are run; a second call does no work. A run is
identified by its composed config and seed, so a run shared by several tables is trained once. Ctrl-C or a kill loses
only the steps since the last checkpoint; the same command continues. tables.md, tables.html and tables.json are
rewritten after each training.

--methods takes the names of methods that come with mmacl, "all" for all of them, and folders of your own: configs
called <method>_<data set>_us.py and <method>_<data set>_ws.py, and a metafile.yml if you like. They are the rows of
Tables 1 and 2, and of the table "methods": each method in each setting, the whole video as one segment with its best
scores, and mAP and purity by round, beside those of shuffled clusters.

The rows of Table 5 are the configs in configs/acl/ablations that train on the data set, and the configs in each folder
given with --variants; the first line of a config file names its row.

Examples:
    python tools/paper_tables.py --methods all --dataset synthetic --seeds 0 1 2 --jobs 2
    python tools/paper_tables.py --methods acl acl_plus --settings us --dataset synthetic --seeds 0 --jobs 2 --show
    MMACL_SALADS_ROOT=data/salads python tools/paper_tables.py --methods acl stpn my_methods --dataset salads
    MMACL_THUMOS14_ROOT=data/thumos14 python tools/paper_tables.py --methods all --dataset thumos14 --tables 1
    python tools/paper_tables.py --dataset synthetic --seeds 0 1 2 --jobs 2
    python tools/paper_tables.py --dataset synthetic --tables 5 --variants my_variants
    python tools/paper_tables.py --dataset anet12 --dry-run
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mmacl.cli import EXIT_INTERRUPTED, add_seed_arguments
from mmacl.reports.paper_tables.data_sets import DATA_SETS, METHODS
from mmacl.utils import check_can_write, write_json_atomically, write_text_atomically

if TYPE_CHECKING:
    from mmacl.reports.paper_tables import TablePlan
    from mmacl.runs.run_queue import Outcome

# Some trainings failed; the tables say which.
EXIT_FAILED = 1


def table(word: str) -> int | str:
    """Parse the name of a table."""
    return word if word == METHODS else int(word)


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        '--methods', nargs='+', metavar='METHOD', help='methods and folders of methods, or "all" (default: acl)'
    )
    parser.add_argument(
        '--settings',
        nargs='+',
        choices=('us', 'ws'),
        default=['us', 'ws'],
        help='unsupervised, weakly supervised (default: both)',
    )
    parser.add_argument('--dataset', choices=list(DATA_SETS), required=True, help='data set to train and test on')
    parser.add_argument(
        '--tables',
        nargs='+',
        type=table,
        default=[],
        metavar='N',
        help='tables: methods, 1 3 4 5, or 2 for anet12 (default: with --methods: methods; otherwise: the numbers)',
    )
    parser.add_argument(
        '--folds', nargs='+', default=[], metavar='F', help='folds of salads, each a data set of its own (default: all)'
    )
    parser.add_argument(
        '--variants',
        nargs='+',
        type=Path,
        default=[],
        metavar='DIR',
        help='folders with configs for more rows of Table 5',
    )
    parser.add_argument('--out', type=Path, help='folder for tables and runs (default: work_dirs/paper_tables/DATASET)')
    parser.add_argument(
        '--json', type=Path, metavar='F.json', help='once all trainings are done, write tables.json without their rows'
    )
    parser.add_argument('--show', action='store_true', help='print the tables, too, once all trainings are done')
    parser.add_argument('--dry-run', action='store_true', help='print the trainings to run and an estimate of the time')
    add_seed_arguments(parser)
    return parser.parse_args()


def write_tables(plan: TablePlan, outcomes: dict[str, Outcome]) -> dict[str, Any]:
    """Write the tables as data, as Markdown and as a page; return the data."""
    from mmacl.reports.page import render_tables_page
    from mmacl.reports.paper_tables import build_tables, render_markdown

    tables = build_tables(plan, outcomes)
    write_text_atomically(plan.out / 'tables.html', render_tables_page(tables))
    write_json_atomically(plan.out / 'tables.json', tables)
    write_text_atomically(plan.out / 'tables.md', render_markdown(tables))
    return tables


def main() -> None:
    """Plan, run, write."""
    args = parse_args()
    from mmacl.reports.paper_tables import check_features, make_plan
    from mmacl.runs.run_display import RunDisplay
    from mmacl.runs.run_progress import estimate_lines
    from mmacl.runs.run_queue import run_all

    data_set = DATA_SETS[args.dataset]
    plan = make_plan(
        data_set,
        args.tables or ([METHODS] if args.methods else []),
        args.seeds,
        args.out or Path('work_dirs/paper_tables') / data_set.name,
        args.cfg_options,
        args.variants,
        tuple(args.plugin),
        args.methods or ['acl'],
        args.settings,
        args.folds,
    )
    for path in plan.passed_over:
        print(f'{path}: not a row, since it trains on another data set than {data_set.name}', file=sys.stderr)
    if args.dry_run:
        print('\n'.join(estimate_lines(plan.runs, args.jobs, data_set.seconds_per_step)))
        return
    check_can_write(plan.out, '--out', folder=True)
    if args.json:
        check_can_write(args.json, '--json')
    check_features(plan, [run for run in plan.runs if run.finished_rows() is None])

    outcomes: dict[str, Outcome] = {}

    def keep(outcome: Outcome) -> None:
        outcomes[outcome.run.key] = outcome
        write_tables(plan, outcomes)

    display = RunDisplay(plan.runs, keep)
    try:
        run_all(plan.runs, args.jobs, display)
    except KeyboardInterrupt:
        display.close()
        print('interrupted; the same command continues from here', file=sys.stderr)
        sys.exit(EXIT_INTERRUPTED)
    display.close()
    if args.show:
        print((plan.out / 'tables.md').read_text())
    print(f'written: {", ".join(str(plan.out / f"tables.{end}") for end in ("md", "html", "json"))}')
    failed = [outcome for outcome in outcomes.values() if outcome.rows is None]
    for outcome in failed:
        print(f'failed: {outcome.run}: {outcome.error}', file=sys.stderr)
    if failed:
        sys.exit(EXIT_FAILED)
    if args.json:
        tables = write_tables(plan, outcomes)
        runs = [{key: value for key, value in run.items() if key != 'rounds'} for run in tables['runs']]
        write_json_atomically(args.json, {**tables, 'runs': runs})
