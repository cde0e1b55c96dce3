"""Why detections are wrong and instances are missed, for a result file of this or any other system.

After Alwassel et al., "Diagnosing Error in Temporal Action Detectors" (ECCV 2018): what the best detections are (right,
double, of another class, badly placed, ...), what each type of error costs, and how well instances are found by
coverage, length and number. Prints tables; writes false_positives.png, sensitivity.png and missed.png to --out-dir.
docs/en/error_analysis.md defines every figure.

GT is an annotation file or folder in any layout that mmacl reads; RESULTS is JSON in ActivityNet's form.

Examples:
    python tools/analysis_tools/diagnose_detections.py gt.json results.json --out-dir work_dirs/diagnosis
    python tools/analysis_tools/diagnose_detections.py gt.json results.json --tiou 0.3 0.5 0.7 --json d.json
"""

from __future__ import annotations

import argparse
from pathlib import Path

from terminaltables import AsciiTable

from mmacl.datasets.annotations import open_annotations
from mmacl.evaluation import GroundTruth, read_detections, video_list_named
from mmacl.evaluation.error_analysis import EDGES, diagnose
from mmacl.evaluation.ground_truth import subset_of
from mmacl.utils import InputError, write_json_atomically
from mmacl.visualization import draw_diagnosis, save_figure


def parse_args() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('gt', metavar='GT', help='annotations: a file or a folder')
    parser.add_argument('results', metavar='RESULTS', help='detections in ActivityNet or COCO JSON form')
    parser.add_argument('--subset', help='subset of GT (default: the one that the results are of)')
    parser.add_argument('--video-list', metavar='L', help='only this list of THUMOS14 test videos: 212, 211, 210')
    parser.add_argument(
        '--tiou',
        nargs='+',
        type=float,
        metavar='T',
        help='thresholds over which figures are averaged (default: 0.5; 0.5 to 0.95 with --bins activitynet)',
    )
    parser.add_argument(
        '--bins',
        choices=list(EDGES),
        help='bins of coverage, length and number (default: activitynet from 100 classes on, else thumos14)',
    )
    parser.add_argument('--min-tiou', type=float, default=0.1, help='below it a detection is background (default: 0.1)')
    parser.add_argument('--gt-format', metavar='F', help='layout of GT (default: seen from the file)')
    parser.add_argument('--first-id', type=int, default=0, help='id of the first class, where labels are ids')
    parser.add_argument('--out-dir', metavar='D', help='write plots to this folder')
    parser.add_argument('--json', metavar='F.json', help='write all figures as one JSON object')
    return parser.parse_args()


def table(cells: list[list[str]]) -> str:
    """A table whose numbers stand right."""
    drawn = AsciiTable(cells)
    for column in range(1, len(cells[0])):
        drawn.justify_columns[column] = 'right'
    return str(drawn.table)


def main() -> None:
    """Read, diagnose, print, draw."""
    args = parse_args()
    if not 0 <= args.min_tiou <= 1:
        raise InputError('is not in [0, 1]', file=f'--min-tiou {args.min_tiou:g}', remedy='the paper has 0.1')
    out_dir = Path(args.out_dir) if args.out_dir else None
    if out_dir is not None and out_dir.exists() and not out_dir.is_dir():
        raise InputError('is a file', file=f'--out-dir {out_dir}', remedy='name a folder')
    found = read_detections(args.results, args.gt)
    annotations = open_annotations(args.gt, args.gt_format)
    subset = args.subset or subset_of(annotations.records, found.video_names, args.gt)
    truth = GroundTruth.from_annotations(annotations, subset, args.gt)
    if args.video_list:
        truth = truth.on_list(video_list_named(args.video_list))
    detections = found.bind(truth.video_names, truth.classes, args.first_id)
    diagnosis = diagnose(
        truth.instances, detections, truth.durations, len(truth.classes), args.tiou, args.bins, args.min_tiou
    )

    simulated = found.external.get('simulated') is True
    facts = [
        diagnosis.at,
        f'list {video_list_named(args.video_list).name}' if args.video_list else f'subset {subset}' if subset else '',
        f'{len(truth.video_names)} videos, {len(truth.instances):,} instances, {len(detections):,} detections',
        str(truth.clipping),
        'simulated data' if simulated else '',
    ]
    line = ', '.join(filter(None, facts))
    print(f'Detections by type in slices of the ranking (%): {line}')
    print(table(diagnosis.slices_table()))
    print(diagnosis.gains_caption())
    print(table(diagnosis.gains_table()))
    print(diagnosis.characteristics_caption())
    print(table(diagnosis.characteristics_table()))
    if out_dir is not None:
        for name, figure in draw_diagnosis(diagnosis, line).items():
            save_figure(figure, out_dir / f'{name}.png')
        print(f'false_positives.png, sensitivity.png and missed.png written to {out_dir}')
    if args.json:
        head = {
            'ground_truth': args.gt,
            'results': args.results,
            'subset': subset,
            'videos': len(truth.video_names),
            'instances': len(truth.instances),
            **truth.clipping.as_json(),
            'detections': len(detections),
            'simulated': simulated,
            'tiou_thresholds': diagnosis.thresholds.tolist(),
            'min_tiou': args.min_tiou,
        }
        write_json_atomically(args.json, {**head, **diagnosis.as_json()})
