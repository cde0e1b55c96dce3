"""Score a file of detections, of this or any other system, without a model.

GT is an annotation file or folder in any layout that mmacl reads; RESULTS is JSON in ActivityNet's form, or the object
below "results" alone, or in COCO's form, where the ids are those of GT as COCO JSON. Labels may be names or ids, scores
numbers or strings, names of videos with or without "v_".

Scorers disagree by points, so every table says by which protocol, on which videos and instances it was made;
docs/en/evaluation.md describes the protocols. Instances are clipped to their video, and what RESULTS says of videos
that are not scored is left out; both are counted.

Examples:
    python tools/analysis_tools/eval_detections.py gt.json results.json
    python tools/analysis_tools/eval_detections.py gt.json results.json --protocol all --video-list 210
    python tools/analysis_tools/eval_detections.py gt.json results.json --protocol co2net --ambiguous Ambiguous_test.txt
    python tools/analysis_tools/eval_detections.py activity_net.v1-2.min.json results.json --subset validation
    python tools/analysis_tools/eval_detections.py gt.json results.json --baseline whole-video
    python tools/analysis_tools/eval_detections.py gt.json results.json --protocol coco --coco-dir as_coco
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import replace
from math import isnan
from typing import TYPE_CHECKING, Any

from mmacl.utils import check_can_write, write_json_atomically

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mmacl.evaluation.functional import CocoScores, SegmentTable
    from mmacl.evaluation.metrics.map_table import TIoUColumns
    from mmacl.evaluation.scoring_input import ScoringInput

PROTOCOLS = ('activitynet', 'co2net', 'wtalc', 'thumos14', 'coco')
"""Keys of :data:`mmacl.evaluation.PROTOCOLS`, which is not imported before arguments are parsed."""


def add_input_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what every command that scores a file of detections reads."""
    parser.add_argument('gt', metavar='GT', help='annotations: a file or a folder')
    parser.add_argument('results', metavar='RESULTS', help='detections in ActivityNet or COCO JSON form')
    parser.add_argument('--subset', help='subset of GT; all: every subset (default: the one that the results are of)')
    parser.add_argument(
        '--video-list', metavar='L', help='only this list of THUMOS14 test videos, after a check of its counts: 212, '
        '211, 210'
    )  # fmt: skip
    parser.add_argument('--gt-format', metavar='F', help='layout of GT, such as wtalc (default: seen from the path)')
    parser.add_argument('--first-id', type=int, default=0, help='id of the first class, for labels that are ids')
    parser.add_argument('--json', metavar='F.json', help='write all figures as one JSON object')


def parse_args() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_input_arguments(parser)
    parser.add_argument(
        '--protocol',
        choices=[*PROTOCOLS, 'all'],
        default='activitynet',
        help='scorer, or all of them side by side (default: activitynet)',
    )
    parser.add_argument(
        '--tiou',
        nargs='+',
        type=float,
        metavar='T',
        help='thresholds (default: 0.1 to 0.7; 0.5 to 0.95 where GT has 100 classes or more)',
    )
    parser.add_argument('--ambiguous', metavar='F.txt', help='ambiguous segments, lines "video start end"')
    parser.add_argument(
        '--baseline',
        choices=['whole-video'],
        help='also score the whole of each video as one segment, for each class with the best score found there',
    )
    parser.add_argument(
        '--length-bounds',
        nargs=2,
        type=float,
        metavar='S',
        help='seconds up to which an instance is short, and medium, for protocol coco (default: 3 6; 30 60 where GT '
        'has 100 classes or more)',
    )
    parser.add_argument('--per-class', action='store_true', help='also print the AP of each class')
    parser.add_argument(
        '--coco-dir', metavar='D', help='write what is scored as COCO JSON: D/ground_truth.json, D/detections.json'
    )
    return parser.parse_args()


def plain(values: Mapping[str, Any]) -> dict[str, float | None]:
    """Numbers as JSON holds them: a class without ground truth has none."""
    return {name: None if isnan(value) else float(value) for name, value in values.items()}


def coco_figures(scores: CocoScores) -> dict[str, Any]:
    """COCO's figures as JSON holds them."""
    from mmacl.evaluation.functional.coco_figures import LENGTHS

    return {
        **plain(scores.summary()),
        'length_bounds': list(scores.bounds),
        'instances_by_length': dict(zip(LENGTHS, scores.numbers, strict=True)),
    }


def by_protocol(
    given: ScoringInput, detections: SegmentTable, protocols: list[str], columns: TIoUColumns
) -> dict[str, NDArray[np.float64]]:
    """AP by protocol, (thresholds, classes) each."""
    from mmacl.evaluation.functional import average_precision

    truth, number = given.truth, len(given.truth.classes)
    return {
        name: average_precision(truth.instances, detections, columns.thresholds, name, number, truth.ambiguous)
        for name in protocols
    }


def main() -> None:
    """Read, score, print."""
    args = parse_args()
    if args.coco_dir:
        check_can_write(args.coco_dir, '--coco-dir', folder=True)
    if args.json:
        check_can_write(args.json, '--json')

    import numpy as np

    from mmacl.evaluation.functional import READ_AMBIGUOUS, benchmark_like, coco_scores, mean_over_classes, whole_videos
    from mmacl.evaluation.functional.coco_figures import LENGTH_BOUNDS
    from mmacl.evaluation.metrics.map_table import (
        THRESHOLDS,
        ScoringFacts,
        TIoUColumns,
        class_table,
        coco_table,
        map_table,
        usual_averages,
    )
    from mmacl.evaluation.scoring_input import read_scoring_input

    given = read_scoring_input(
        args.gt, args.results, args.gt_format, args.subset, args.video_list, args.ambiguous, args.first_id
    )
    truth = given.truth
    benchmark = benchmark_like(len(truth.classes))
    thresholds = args.tiou or THRESHOLDS[benchmark]
    columns = TIoUColumns(thresholds, usual_averages(thresholds))
    protocols = list(PROTOCOLS) if args.protocol == 'all' else [args.protocol]
    precisions = by_protocol(given, given.detections, protocols, columns)
    scores = {name: columns.of(mean_over_classes(table)) for name, table in precisions.items()}
    rows, notes = dict(scores), given.notes()
    baseline = {}
    if args.baseline:
        whole, unknown = whole_videos(given.detections, truth.durations)
        for name, table in by_protocol(given, whole, protocols, columns).items():
            baseline[name] = rows[f'{name}, whole video'] = columns.of(mean_over_classes(table))
        ends = f' ({unknown} videos of unknown duration end with their last detection)' if unknown else ''
        notes.append(f'whole video: one segment for each class found in a video, with its best score{ends}')
    coco = None
    if 'coco' in protocols:
        bounds = args.length_bounds or LENGTH_BOUNDS[benchmark]
        coco = coco_scores(truth.instances, given.detections, len(truth.classes), truth.ambiguous, length_bounds=bounds)

    num_instances = np.bincount(truth.instances.labels, minlength=len(truth.classes))
    facts = ScoringFacts(
        protocol='by row' if args.protocol == 'all' else args.protocol,
        dataset=given.videos,
        num_videos=len(truth.video_names),
        num_instances=len(truth.instances),
        num_classes=int(np.count_nonzero(num_instances)),
        simulated=given.simulated,
        num_ambiguous=len(truth.ambiguous) if READ_AMBIGUOUS & set(protocols) else None,
        selection=given.selection,
        clipping=truth.clipping,
    )
    print(map_table(rows, facts, rows_are='Protocol'))
    print('\n'.join(notes))
    if coco:
        print(coco_table({'coco': coco}, replace(facts, protocol='coco'), rows_are='Protocol'))
    if args.per_class:
        for name, table in precisions.items():
            by_class = columns.of(table)
            own = replace(facts, protocol=name)
            print(class_table(truth.classes, num_instances, list(by_class), np.stack(list(by_class.values())), own))
    if args.coco_dir:
        from mmacl.evaluation.coco_files import write_coco_files

        write_coco_files(args.coco_dir, truth, given.detections)
        print(f'COCO JSON of ground truth and detections written to {args.coco_dir}')
    if args.json:
        write_json_atomically(
            args.json,
            {
                'ground_truth': args.gt,
                'results': args.results,
                **given.as_json(),
                'classes': facts.num_classes,
                'ambiguous_segments': len(truth.ambiguous),
                'tiou_thresholds': columns.thresholds.tolist(),
                'mAP': {name: plain(row) for name, row in scores.items()},
                **({'whole_video_mAP': {name: plain(row) for name, row in baseline.items()}} if baseline else {}),
                **({'coco': coco_figures(coco)} if coco else {}),
                'AP': {
                    name: {
                        class_name: plain({column: values[label] for column, values in columns.of(table).items()})
                        for label, class_name in enumerate(truth.classes)
                    }
                    for name, table in precisions.items()
                },
            },
        )
