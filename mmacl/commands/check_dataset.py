"""List everything that is wrong with the data of a config, or with a folder in mmacl's layout.

Reads every annotation and every value of every feature file once, changes nothing, and does not stop at the first
fault. docs/en/data.md, "Checking", lists the checks. Each fault is one line "video: what (file); remedy".

Exit code: 0 nothing worse than a warning, 1 at least one fault, 2 the command itself is wrong.

Examples:
    python tools/misc/check_dataset.py configs/acl/acl_synthetic_us.py
    python tools/misc/check_dataset.py configs/acl/acl_thumos14_us.py --accept "duplicate segment" --json report.json
    python tools/misc/check_dataset.py data/mine --fps 25 --snippet-stride 16
    python tools/misc/check_dataset.py data/mine --timing rates.csv --snippet-stride 4 --window 16
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mmacl.cli import add_config_arguments, add_timing_arguments, timing_of
from mmacl.utils import InputError, check_can_write, track, usable_cores, write_json_atomically

if TYPE_CHECKING:
    from mmacl.dataset_tools.fault import Fault
    from mmacl.dataset_tools.inspection import Subject, VideoFacts


def parse_args() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_config_arguments(parser, 'config file, or folder with features/ and perhaps annotations.json', 'SOURCE')
    parser.add_argument('--json', metavar='F', help='write everything as one JSON object')
    parser.add_argument('--jobs', type=int, default=min(usable_cores(), 8), metavar='N', help='videos read at a time')
    parser.add_argument('--show', type=int, metavar='N', help='print at most N lines of each kind (default: all)')
    parser.add_argument(
        '--worst', type=int, default=10, metavar='N', help='videos in the table of drifts (default: 10)'
    )
    parser.add_argument(
        '--accept', nargs='+', default=[], metavar='KIND', help='faults of these kinds are warnings only'
    )
    for_folder = parser.add_argument_group('for a folder', 'a config states these itself')
    add_timing_arguments(for_folder, 'timing.json of the folder, if there is one')
    for_folder.add_argument('--modalities', nargs='+', metavar='M', help='streams (default: every folder of features)')
    return parser.parse_args()


def subjects_of_config(args: argparse.Namespace) -> tuple[list[Subject], list[Fault]]:
    """The datasets of a config, each once, and the faults for which others cannot be built."""
    from mmacl.config import load_config
    from mmacl.dataset_tools.fault import Fault
    from mmacl.dataset_tools.inspection import Subject
    from mmacl.datasets import open_videos

    config = load_config(args.config, args.cfg_options, args.plugin, datasets_only=True)
    subjects: list[Subject] = []
    faults: list[Fault] = []
    found_in: list[tuple[Any, list[str]]] = []
    for name in ('train', 'val', 'test'):
        dataset = (config.get(f'{name}_dataloader') or {}).get('dataset')
        same = next((names for other, names in found_in if other == dataset), None)
        if same is not None:
            same.append(name)
        elif dataset is not None:
            found_in.append((dataset, [name]))
    for dataset, names in found_in:
        name = ', '.join(names)
        try:
            videos = open_videos(dataset)
            subjects.append(Subject(name, videos, trains=not videos.test_mode))
        except InputError as error:
            faults += [replace(fault, subset=name) for fault in Fault.from_error(error, 'config', args.config)]
    if not found_in:
        raise InputError(
            'no train_dataloader, val_dataloader or test_dataloader', file=args.config, remedy='name another config'
        )
    return subjects, faults


def subjects_of_folder(args: argparse.Namespace) -> tuple[list[Subject], list[Fault]]:
    """The subsets of a folder, and what was found wrong on the way."""
    from mmacl.dataset_tools.inspection import folder_subjects

    if args.cfg_options or args.plugin:
        raise InputError('--cfg-options and --plugin are for configs', file=args.config, remedy='this is a folder')
    return folder_subjects(args.config, timing_of(args), args.modalities)


def progress(results: Iterable[VideoFacts], subset: str, count: int) -> Iterable[VideoFacts]:
    """A bar on a terminal, a line elsewhere."""
    if not sys.stdout.isatty():
        print(f'reading {count} videos of {subset}', flush=True)
    return track(results, f'reading {subset}', count)


def main() -> None:
    """Check and report."""
    args = parse_args()
    for option in ('jobs', 'show', 'worst'):
        value, least = getattr(args, option), int(option == 'jobs')
        if value is not None and value < least:
            raise InputError(f'--{option} {value}: is too small', remedy=f'give {least} or more')
    if args.json:
        check_can_write(args.json, '--json')
    if Path(args.config).is_dir():
        subjects, faults = subjects_of_folder(args)
    else:
        from mmacl.config import find_config

        if os.sep in args.config and not Path(args.config).exists():
            raise InputError('no such config file and no such folder', file=args.config, remedy='correct the path')
        find_config(args.config)
        if timing_of(args) is not None or args.modalities is not None:
            raise InputError(
                '--timing, --fps, --snippet-stride and --modalities are for folders',
                file=args.config,
                remedy='edit the config',
            )
        subjects, faults = subjects_of_config(args)
    from mmacl.dataset_tools.inspection import inspect, report_text

    inspection = inspect(subjects, args.jobs, args.accept, progress, faults)
    for part in report_text(inspection, args.worst, args.show):
        print(f'\n{part}')
    unused = [kind for kind in args.accept if kind not in inspection.counts(warning=True)]
    if unused:
        print(f'--accept {unused[0]!r}: nothing of that kind was found')
    if args.json:
        write_json_atomically(args.json, {'checked': args.config, **inspection.to_json()})
    if not inspection.clean:
        sys.exit(1)
