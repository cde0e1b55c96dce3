"""``evaluate``: mAP beside plain loops, and the whole command ``eval_detections`` beside reading its file.

A hundred detections a video, at the thresholds of the data set; instances and detections are simulated. The plain loops
are those that the tests compare every protocol with. They are timed on a few classes, and mmacl on the same classes:
the ratio is measured, the seconds for all classes beside it are scaled up.
"""

from __future__ import annotations

import runpy
import tracemalloc
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from mmacl.evaluation import PROTOCOLS, SegmentTable, average_precision
from mmacl.utils import derive_seed, write_json_atomically

from .processes import time_processes
from .setting import Row, Setting, Size, Tables
from .timing import time_in_turns

ROOT = Path(__file__).resolve().parents[3]
_PLAIN = ROOT / 'tests' / 'evaluation' / 'functional' / 'plain_protocols.py'
_THRESHOLDS = {'thumos14': np.arange(1, 8) / 10, 'synthetic': np.arange(3, 8) / 10, 'anet12': np.arange(10, 20) / 20}
_DETECTIONS = 100
# ActivityNet-1.2 has 1.5 instances a video, of one class but for a few videos; THUMOS14 has 16.
_INSTANCES = {'thumos14': 16.0, 'synthetic': 8.0, 'anet12': 1.5}
SimulatedTables = tuple[SegmentTable, SegmentTable, SegmentTable]


def measure(setting: Setting) -> Tables:
    """Time every protocol and the command."""
    size = setting.size
    tables = simulate(size, setting.times(10, _DETECTIONS))
    thresholds = _THRESHOLDS[size.data].tolist()
    plain_classes = range(min(setting.times(2, 5), size.num_clusters))
    protocols = list(PROTOCOLS)[: setting.times(2, len(PROTOCOLS))]
    title = f'mAP of {len(tables[1]):,} detections, {len(tables[0]):,} instances, {len(thresholds)} thresholds'
    rows = [_protocol(protocol, tables, thresholds, plain_classes, setting) for protocol in protocols]
    return {title: rows, 'the whole command': time_command(tables, thresholds, setting)}


def simulate(size: Size, detections: int) -> SimulatedTables:
    """Ground truth, detections and ambiguous segments. Half of the detections of a video are of its class."""
    videos, classes = size.test_videos, size.num_clusters
    rng = np.random.default_rng(derive_seed(2383))
    own_class = np.arange(videos) % classes

    def spans(number: int) -> Any:
        starts = rng.uniform(0, 90, number)
        return np.stack([starts, starts + rng.uniform(2, 60, number)], axis=1)

    of_truth = np.sort(rng.integers(0, videos, int(_INSTANCES[size.data] * videos)))
    truth = SegmentTable(of_truth, spans(len(of_truth)), own_class[of_truth])
    of_found = np.repeat(np.arange(videos), detections)
    right = rng.random(len(of_found)) < 0.5
    labels = np.where(right, own_class[of_found], rng.integers(0, classes, len(of_found)))
    found = SegmentTable(of_found, spans(len(of_found)), labels, rng.random(len(of_found)))
    unclear = np.sort(rng.integers(0, videos, videos // 10))
    return truth, found, SegmentTable(unclear, spans(len(unclear)), np.zeros_like(unclear))


def _protocol(
    protocol: str, tables: SimulatedTables, thresholds: list[float], plain_classes: range, setting: Setting
) -> Row:
    """Seconds and bytes of one protocol, and how the plain loops compare."""
    truth, found, ambiguous = tables
    classes = setting.size.num_clusters

    def score(found: SegmentTable = found, truth: SegmentTable = truth) -> Any:
        return average_precision(truth, found, thresholds, protocol, classes, ambiguous)

    part_truth = truth.take(np.flatnonzero(np.isin(truth.labels, plain_classes)))
    part_found = found.take(np.flatnonzero(np.isin(found.labels, plain_classes)))
    results: dict[str, Any] = {}
    ways = {
        'all': score,
        'ours': lambda: results.update(ours=score(part_found, part_truth)),
        'plain': lambda: results.update(plain=plain_scores(protocol, part_truth, part_found, ambiguous, thresholds)),
    }
    times = time_in_turns({name: ways[name] for name in ('all', 'ours')}, setting.times(1, 5))
    times |= time_in_turns({'plain': ways['plain']}, 1, warm_up=0)
    tracemalloc.start()
    scores = score()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    plain = np.array(results['plain'])
    return {
        'protocol': protocol,
        's': times['all'].median,
        'processor s': times['all'].processor_median,
        'MB beside the input': peak / 1e6,
        'ratio to plain loops': times['plain'].median / times['ours'].median,
        'plain loops, scaled, s': times['plain'].median * classes / len(plain_classes),
        'largest difference': float(np.nanmax(np.abs(plain - results['ours'][:, : plain.shape[1]]))),
        'mAP': float(np.nanmean(scores)),
    }


def plain_scores(
    protocol: str, truth: SegmentTable, found: SegmentTable, ambiguous: SegmentTable, thresholds: list[float]
) -> Any:
    """What the tests' loops say."""
    loops = runpy.run_path(str(_PLAIN))
    columns = [truth.videos.tolist(), *truth.segments.T.tolist(), truth.labels.tolist()]
    scores = [] if found.scores is None else found.scores.tolist()
    scored = [found.videos.tolist(), *found.segments.T.tolist(), found.labels.tolist(), scores]
    unclear = [ambiguous.videos.tolist(), *ambiguous.segments.T.tolist()]
    rows = [list(zip(*table, strict=True)) for table in (columns, scored, unclear)]
    return loops['plain_average_precision'](protocol, *rows, thresholds, int(truth.labels.max()) + 1)


def write_files(folder: Path, truth: SegmentTable, found: SegmentTable, videos: int) -> tuple[Path, Path]:
    """Write the same instances and detections as ActivityNet's annotations and results."""
    names = [f'v_{number:011d}' for number in range(videos)]
    database: dict[str, Any] = {name: {'subset': 'validation', 'duration': 200.0, 'annotations': []} for name in names}
    results: dict[str, Any] = {name: [] for name in names}
    for video, segment, label in zip(truth.videos, truth.segments.tolist(), truth.labels, strict=True):
        database[names[video]]['annotations'].append({'segment': segment, 'label': f'Class {label:03d}'})
    scores = [] if found.scores is None else found.scores.tolist()
    for video, segment, label, score in zip(found.videos, found.segments.tolist(), found.labels, scores, strict=True):
        results[names[video]].append({'label': f'Class {label:03d}', 'score': score, 'segment': segment})
    paths = folder / 'gt.json', folder / 'results.json'
    for path, content in zip(paths, ({'database': database}, {'results': results}), strict=True):
        write_json_atomically(path, content, indent=None)
    return paths


def time_command(tables: SimulatedTables, thresholds: list[float], setting: Setting) -> list[Row]:
    """Time the whole command, the start of Python and the reading of files included, beside ``json.load`` alone."""
    with TemporaryDirectory() as folder:
        paths = write_files(Path(folder), *tables[:2], setting.size.test_videos)
        megabytes = paths[1].stat().st_size / 1e6
        words = ['-m', 'mmacl', 'eval_detections', *map(str, paths), '--tiou', *map(str, thresholds)]
        read = f'import json; json.load(open({str(paths[1])!r}))'
        commands = {'eval_detections': words, 'json.load of the results': ['-c', read], 'python': ['-c', 'pass']}
        times = time_processes(commands, setting.times(1, 5), str(ROOT))
    base = times['json.load of the results'].processor_median
    return [
        {
            'process': name,
            's': found.median,
            'processor s': found.processor_median,
            'ratio to json.load': found.processor_median / base,
            'MB of results': megabytes,
        }
        for name, found in times.items()
    ]
