"""Time mAP at the size of ActivityNet-1.2: seconds, memory, and the ratio to plain loops.

2,383 videos, 100 classes, 100 detections a video, ten thresholds; instances and detections are simulated. The plain
loops are those that the tests compare every protocol with. They are timed on a few classes, against mmacl on the same
classes: the ratio is measured, the seconds for all classes beside it are scaled up. With --command the data are also
written as files, and the whole command eval_detections is timed as a new process.

Examples:
    python tools/maintenance/benchmark_map.py
    python tools/maintenance/benchmark_map.py --protocol all --plain-classes 2 --json figures.json
    python tools/maintenance/benchmark_map.py --videos 2198 --plain-classes 0 --command 5
"""

from __future__ import annotations

import argparse
import runpy
import subprocess
import sys
import time
import tracemalloc
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from mmacl.cli import run_tool
from mmacl.evaluation import PROTOCOLS, SegmentTable, average_precision
from mmacl.utils import InputError, check_can_write, derive_seed, write_json_atomically
from mmacl.utils.tables import draw_table

PLAIN = Path(__file__).resolve().parents[2] / 'tests' / 'evaluation' / 'functional' / 'plain_protocols.py'
THRESHOLDS = (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)
# ActivityNet-1.2 has 1.5 instances a video, of one class but for a few videos.
INSTANCES_A_VIDEO = 1.5


def parse_args() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--protocol', choices=[*PROTOCOLS, 'all'], default='activitynet', help='default: activitynet')
    parser.add_argument('--videos', type=int, default=2383, help='default: 2383')
    parser.add_argument('--classes', type=int, default=100, help='default: 100')
    parser.add_argument('--detections', type=int, default=100, help='detections a video (default: 100)')
    parser.add_argument('--repeats', type=int, default=3, help='runs, of which the fastest counts (default: 3)')
    parser.add_argument('--plain-classes', type=int, default=5, help='classes of the plain loops (default: 5; 0: none)')
    parser.add_argument(
        '--command', type=int, default=0, metavar='N', help='also time N runs of the whole command (default: 0)'
    )
    parser.add_argument('--json', metavar='F.json', help='write the figures as one JSON object')
    return parser.parse_args()


def simulate(videos: int, classes: int, detections: int) -> tuple[SegmentTable, SegmentTable, SegmentTable]:
    """Ground truth, detections and ambiguous segments. Half of the detections of a video are of its class."""
    rng = np.random.default_rng(derive_seed(2383))
    own_class = np.arange(videos) % classes

    def spans(number: int) -> Any:
        starts = rng.uniform(0, 90, number)
        return np.stack([starts, starts + rng.uniform(2, 60, number)], axis=1)

    of_truth = np.sort(rng.integers(0, videos, int(INSTANCES_A_VIDEO * videos)))
    truth = SegmentTable(of_truth, spans(len(of_truth)), own_class[of_truth])
    of_found = np.repeat(np.arange(videos), detections)
    right = rng.random(len(of_found)) < 0.5
    labels = np.where(right, own_class[of_found], rng.integers(0, classes, len(of_found)))
    found = SegmentTable(of_found, spans(len(of_found)), labels, rng.random(len(of_found)))
    unclear = np.sort(rng.integers(0, videos, videos // 10))
    return truth, found, SegmentTable(unclear, spans(len(unclear)), np.zeros_like(unclear))


def measure(protocol: str, tables: tuple[SegmentTable, SegmentTable, SegmentTable], args: argparse.Namespace) -> Any:
    """Seconds and bytes of one protocol, and how the plain loops compare."""
    truth, found, ambiguous = tables

    def score(found: SegmentTable = found, truth: SegmentTable = truth) -> Any:
        return average_precision(truth, found, THRESHOLDS, protocol, args.classes, ambiguous)

    seconds = min(timed(score) for _ in range(args.repeats))
    tracemalloc.start()
    score()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    figures = {'seconds': seconds, 'peak_megabytes': peak / 1e6, 'mAP': float(np.nanmean(score()))}
    if args.plain_classes:
        chosen = range(min(args.plain_classes, args.classes))
        part_truth = truth.take(np.flatnonzero(np.isin(truth.labels, chosen)))
        part_found = found.take(np.flatnonzero(np.isin(found.labels, chosen)))
        result: dict[str, Any] = {}
        plain = timed(lambda: result.update(plain=plain_scores(protocol, part_truth, part_found, ambiguous)))
        ours = min(timed(lambda: result.update(ours=score(part_found, part_truth))) for _ in range(args.repeats))
        plain_part = np.array(result['plain'])
        figures['plain_classes'] = len(chosen)
        figures['largest_difference'] = float(np.nanmax(np.abs(plain_part - result['ours'][:, : plain_part.shape[1]])))
        figures['ratio_to_plain'] = plain / ours
        figures['plain_seconds_scaled'] = plain * args.classes / len(chosen)
    return figures


def plain_scores(protocol: str, truth: SegmentTable, found: SegmentTable, ambiguous: SegmentTable) -> Any:
    """What the tests' loops say."""
    if not PLAIN.is_file():
        raise InputError(
            'not there', file=PLAIN, remedy='run from a checkout of the repository, or with --plain-classes 0'
        )
    loops = runpy.run_path(str(PLAIN))
    columns = [truth.videos.tolist(), *truth.segments.T.tolist(), truth.labels.tolist()]
    assert found.scores is not None
    scored = [found.videos.tolist(), *found.segments.T.tolist(), found.labels.tolist(), found.scores.tolist()]
    unclear = [ambiguous.videos.tolist(), *ambiguous.segments.T.tolist()]
    rows = [list(zip(*table, strict=True)) for table in (columns, scored, unclear)]
    return loops['plain_average_precision'](protocol, *rows, THRESHOLDS, int(truth.labels.max()) + 1)


def write_files(folder: Path, truth: SegmentTable, found: SegmentTable, videos: int) -> tuple[Path, Path]:
    """The same instances and detections as ActivityNet's annotations and results."""
    names = [f'v_{number:011d}' for number in range(videos)]
    database: dict[str, Any] = {name: {'subset': 'validation', 'duration': 200.0, 'annotations': []} for name in names}
    results: dict[str, Any] = {name: [] for name in names}
    for video, segment, label in zip(truth.videos, truth.segments.tolist(), truth.labels, strict=True):
        database[names[video]]['annotations'].append({'segment': segment, 'label': f'Class {label:03d}'})
    assert found.scores is not None
    columns = (found.videos, found.segments.tolist(), found.labels, found.scores.tolist())
    for video, segment, label, score in zip(*columns, strict=True):
        results[names[video]].append({'label': f'Class {label:03d}', 'score': score, 'segment': segment})
    paths = folder / 'gt.json', folder / 'results.json'
    for path, content in zip(paths, ({'database': database}, {'results': results}), strict=True):
        write_json_atomically(path, content, indent=None)
    return paths


def time_command(tables: tuple[SegmentTable, SegmentTable, SegmentTable], args: argparse.Namespace) -> dict[str, Any]:
    """Median seconds of the whole command, start of Python and reading of files included."""
    with TemporaryDirectory() as folder:
        paths = write_files(Path(folder), *tables[:2], args.videos)
        tious = [str(threshold) for threshold in THRESHOLDS]
        command = [sys.executable, '-m', 'mmacl', 'eval_detections', *map(str, paths), '--tiou', *tious]
        command += ['--protocol', args.protocol]
        seconds = [
            timed(lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL)) for _ in range(args.command)
        ]
        return {'seconds': seconds, 'median_seconds': median(seconds), 'megabytes': paths[1].stat().st_size / 1e6}


def timed(function: Any) -> float:
    """Seconds that a call takes."""
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def main() -> None:
    """Measure and print."""
    args = parse_args()
    if args.json:
        check_can_write(args.json, '--json')
    if min(args.videos, args.classes, args.detections, args.repeats) < 1 or min(args.plain_classes, args.command) < 0:
        raise InputError(
            '--videos, --classes, --detections and --repeats must be at least 1, --plain-classes and --command 0'
        )
    tables = simulate(args.videos, args.classes, args.detections)
    protocols = list(PROTOCOLS) if args.protocol == 'all' else [args.protocol]
    measured = {protocol: measure(protocol, tables, args) for protocol in protocols}
    figures = {
        'videos': args.videos,
        'classes': args.classes,
        'instances': len(tables[0]),
        'detections': len(tables[1]),
        'thresholds': len(THRESHOLDS),
        'simulated': True,
        'protocols': measured,
    }
    names = list(next(iter(measured.values())))
    cells = [['protocol', *names]]
    cells += [[protocol, *(f'{row[name]:.4g}' for name in names)] for protocol, row in measured.items()]
    print(f'{len(tables[1]):,} simulated detections, {len(tables[0]):,} instances, {len(THRESHOLDS)} thresholds')
    print(draw_table(cells, first_numbers=1))
    if args.command:
        whole = figures['command'] = time_command(tables, args)
        print(
            f'whole command: {whole["median_seconds"]:.2f} s, median of {args.command}; results of '
            f'{whole["megabytes"]:.0f} MB'
        )
    if args.json:
        write_json_atomically(args.json, figures)


if __name__ == '__main__':
    run_tool(main)
