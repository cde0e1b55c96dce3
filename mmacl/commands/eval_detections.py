"""Score a file of detections, of this or any other system, without a model.

GT is an annotation file or folder in any layout that mmacl reads; RESULTS is JSON in ActivityNet's form, or the object
below "results" alone, or in COCO's form, where the ids are those of GT as COCO JSON. Labels may be names or ids, scores
numbers or strings, names of videos with or without "v_".

Scorers disagree by points, so every table says by which protocol, on which videos and instances it was made;
docs/en/evaluation.md describes the five. What RESULTS says of videos that are not scored is left out and counted.

Examples:
    python tools/analysis_tools/eval_detections.py gt.json results.json
    python tools/analysis_tools/eval_detections.py gt.json results.json --protocol all --video-list 210
    python tools/analysis_tools/eval_detections.py gt.json results.json --protocol co2net --ambiguous Ambiguous_test.txt
    python tools/analysis_tools/eval_detections.py gt.json results.json --protocol coco --coco-dir as_coco
    python tools/analysis_tools/eval_detections.py activity_net.v1-2.min.json results.json --subset validation
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmacl.datasets.annotations import open_annotations
from mmacl.evaluation import PROTOCOLS, GroundTruth, average_precision, read_detections, video_list_named
from mmacl.evaluation.coco_files import write_coco_files
from mmacl.evaluation.functional import READ_AMBIGUOUS, CocoScores, coco_scores, mean_over_classes
from mmacl.evaluation.functional.coco_figures import LENGTH_BOUNDS, LENGTHS
from mmacl.evaluation.ground_truth import subset_of
from mmacl.evaluation.metrics.map_table import ScoringFacts, class_table, coco_table, map_table
from mmacl.evaluation.metrics.tiou_columns import TIoUColumns, usual_averages
from mmacl.utils import check_can_write, write_json_atomically

THUMOS14_THRESHOLDS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7)
ACTIVITYNET_THRESHOLDS = (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)
# ActivityNet-1.2 has 100 classes, 1.3 has 200, THUMOS14 20.
ACTIVITYNET_CLASSES = 100


def parse_args() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('gt', metavar='GT', help='annotations: a file or a folder')
    parser.add_argument('results', metavar='RESULTS', help='detections in ActivityNet or COCO JSON form')
    parser.add_argument(
        '--protocol',
        choices=[*PROTOCOLS, 'all'],
        default='activitynet',
        help='scorer, or all of them side by side (default: activitynet)',
    )
    parser.add_argument('--subset', help='subset of GT to score (default: the one that the results are of)')
    parser.add_argument(
        '--tiou',
        nargs='+',
        type=float,
        metavar='T',
        help='thresholds (default: 0.1 to 0.7; 0.5 to 0.95 where GT has 100 classes or more)',
    )
    parser.add_argument(
        '--video-list', metavar='L', help='score this list of THUMOS14 test videos and check its counts: 212, 211, 210'
    )
    parser.add_argument(
        '--gt-format',
        metavar='F',
        help='layout of GT: activitynet, coco, csv, thumos14, wtalc, ... (default: seen from the path)',
    )
    parser.add_argument('--ambiguous', metavar='F.txt', help='ambiguous segments, lines "video start end"')
    parser.add_argument('--first-id', type=int, default=0, help='id of the first class, where labels are ids')
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
    parser.add_argument('--json', metavar='F.json', help='write all figures as one JSON object')
    return parser.parse_args()


def read_ground_truth(args: argparse.Namespace, video_names: tuple[str, ...]) -> tuple[GroundTruth, str | None]:
    """The ground truth that is asked for, and its subset."""
    annotations = open_annotations(args.gt, args.gt_format)
    subset = args.subset or subset_of(annotations.records, video_names, args.gt)
    truth = GroundTruth.from_annotations(annotations, subset, args.gt)
    if args.video_list:
        truth = truth.on_list(video_list_named(args.video_list))
    if args.ambiguous:
        truth = truth.with_ambiguous(args.ambiguous)
    return truth, subset


def plain(values: dict[str, Any]) -> dict[str, float | None]:
    """Numbers as JSON holds them: a class without ground truth has none."""
    return {name: None if np.isnan(value) else float(value) for name, value in values.items()}


def coco_figures(scores: CocoScores) -> dict[str, Any]:
    """COCO's figures as JSON holds them."""
    return {
        **plain(scores.summary()),
        'length_bounds': list(scores.bounds),
        'instances_by_length': dict(zip(LENGTHS, scores.numbers, strict=True)),
    }


def main() -> None:
    """Read, score, print."""
    args = parse_args()
    if args.coco_dir:
        check_can_write(args.coco_dir, '--coco-dir', folder=True)
    found = read_detections(args.results, args.gt)
    truth, subset = read_ground_truth(args, found.video_names)
    detections = found.bind(truth.video_names, truth.classes, args.first_id)

    many = len(truth.classes) >= ACTIVITYNET_CLASSES
    thresholds = args.tiou or (ACTIVITYNET_THRESHOLDS if many else THUMOS14_THRESHOLDS)
    columns = TIoUColumns(thresholds, usual_averages(thresholds))
    protocols = list(PROTOCOLS) if args.protocol == 'all' else [args.protocol]
    precisions: dict[str, NDArray[np.float64]] = {
        name: average_precision(
            truth.instances, detections, columns.thresholds, name, len(truth.classes), truth.ambiguous
        )
        for name in protocols
    }
    scores = {name: columns.of(mean_over_classes(table)) for name, table in precisions.items()}
    coco = None
    if 'coco' in protocols:
        bounds = args.length_bounds or LENGTH_BOUNDS['activitynet' if many else 'thumos14']
        coco = coco_scores(truth.instances, detections, len(truth.classes), truth.ambiguous, length_bounds=bounds)

    num_instances = np.bincount(truth.instances.labels, minlength=len(truth.classes))
    videos = video_list_named(args.video_list).name if args.video_list else None
    facts = ScoringFacts(
        protocol='by row' if args.protocol == 'all' else args.protocol,
        dataset=f'list {videos}' if videos else f'all of subset {subset}' if subset else 'all videos',
        num_videos=len(truth.video_names),
        num_instances=len(truth.instances),
        num_classes=int(np.count_nonzero(num_instances)),
        simulated=found.external.get('simulated') is True,
        num_ambiguous=len(truth.ambiguous) if READ_AMBIGUOUS & set(protocols) else None,
        selection=str(found.external.get('selection', '')),
        clipping=truth.clipping,
    )
    print(map_table(scores, facts, rows_are='Protocol'))
    left_out = len(found.labels) - len(detections)
    print(
        f'{len(detections)} detections in {len(np.unique(detections.videos))} of these videos'
        + (f'; {left_out} in videos that are not scored were left out' if left_out else '')
    )
    if coco:
        print(coco_table({'coco': coco}, replace(facts, protocol='coco'), rows_are='Protocol'))
    if args.per_class:
        for name, table in precisions.items():
            by_class = columns.of(table)
            own = replace(facts, protocol=name)
            print(class_table(truth.classes, num_instances, list(by_class), np.stack(list(by_class.values())), own))
    if args.coco_dir:
        write_coco_files(args.coco_dir, truth, detections)
        print(f'COCO JSON of ground truth and detections written to {args.coco_dir}')
    if args.json:
        write_json_atomically(
            args.json,
            {
                'ground_truth': args.gt,
                'results': args.results,
                'subset': subset,
                'video_list': videos,
                'videos': facts.num_videos,
                'instances': facts.num_instances,
                **truth.clipping.as_json(),
                'classes': facts.num_classes,
                'ambiguous_segments': len(truth.ambiguous),
                'detections': len(detections),
                'detections_left_out': left_out,
                'simulated': facts.simulated,
                'selection': facts.selection,
                'tiou_thresholds': columns.thresholds.tolist(),
                'mAP': {name: plain(row) for name, row in scores.items()},
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
