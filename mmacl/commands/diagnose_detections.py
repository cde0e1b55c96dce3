"""Why detections are wrong and instances are missed, for a result file of this or any other system.

After Alwassel et al., "Diagnosing Error in Temporal Action Detectors" (ECCV 2018): what the best detections are (right,
double, of another class, badly placed, ...), what each type of error costs, and how well instances are found by
coverage, length and number. Prints tables; writes false_positives.png, sensitivity.png and missed.png to --out-dir.
docs/en/error_analysis.md defines every figure.

GT is an annotation file or folder in any layout that mmacl reads; RESULTS is JSON in the
form of ActivityNet or COCO.

Examples:
    python tools/analysis_tools/diagnose_detections.py gt.json results.json --out-dir work_dirs/diagnosis
    python tools/analysis_tools/diagnose_detections.py gt.json results.json --tiou 0.3 0.5 0.7 --json d.json
"""

from __future__ import annotations

import argparse

from mmacl.commands.eval_detections import add_input_arguments
from mmacl.utils import InputError, check_can_write, write_json_atomically

BINS = ('activitynet', 'thumos14')
"""Keys of :data:`mmacl.evaluation.error_analysis.EDGES`, which is not imported before arguments are parsed."""


def parse_args() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_input_arguments(parser)
    parser.add_argument(
        '--tiou',
        nargs='+',
        type=float,
        metavar='T',
        help='thresholds over which figures are averaged (default: 0.5; 0.5 to 0.95 with --bins activitynet)',
    )
    parser.add_argument(
        '--bins',
        choices=BINS,
        help='bins of coverage, length and number (default: activitynet from 100 classes on, else thumos14)',
    )
    parser.add_argument('--min-tiou', type=float, default=0.1, help='below it a detection is background (default: 0.1)')
    parser.add_argument('--out-dir', metavar='D', help='write plots to this folder')
    return parser.parse_args()


def main() -> None:
    """Read, diagnose, print, draw."""
    args = parse_args()
    if not 0 <= args.min_tiou <= 1:
        raise InputError('is not in [0, 1]', file=f'--min-tiou {args.min_tiou:g}', remedy='the paper has 0.1')
    if args.out_dir:
        check_can_write(args.out_dir, '--out-dir', folder=True)
    if args.json:
        check_can_write(args.json, '--json')

    from mmacl.evaluation.error_analysis import diagnose
    from mmacl.evaluation.scoring_input import read_scoring_input
    from mmacl.utils.tables import draw_table

    given = read_scoring_input(
        args.gt, args.results, args.gt_format, args.subset, args.video_list, first_id=args.first_id
    )
    truth, detections = given.truth, given.detections
    diagnosis = diagnose(
        truth.instances, detections, truth.durations, len(truth.classes), args.tiou, args.bins, args.min_tiou
    )

    facts = [
        diagnosis.at,
        given.videos,
        f'{len(truth.video_names)} videos, {len(truth.instances):,} instances, {len(detections):,} detections',
        str(truth.clipping),
        'simulated data' if given.simulated else '',
    ]
    line = ', '.join(filter(None, facts))
    print(f'Detections by type in slices of the ranking (%): {line}')
    print(draw_table(diagnosis.slices_table(), first_numbers=1))
    print('\n'.join(given.notes()))
    print(diagnosis.gains_caption())
    print(draw_table(diagnosis.gains_table(), first_numbers=1))
    print(diagnosis.characteristics_caption())
    print(draw_table(diagnosis.characteristics_table(), first_numbers=1))
    if args.out_dir:
        from mmacl.visualization import draw_diagnosis, save_figure

        for name, figure in draw_diagnosis(diagnosis, line).items():
            save_figure(figure, f'{args.out_dir}/{name}.png')
        print(f'false_positives.png, sensitivity.png and missed.png written to {args.out_dir}')
    if args.json:
        head = {
            'ground_truth': args.gt,
            'results': args.results,
            **given.as_json(),
            'tiou_thresholds': diagnosis.thresholds.tolist(),
            'min_tiou': args.min_tiou,
        }
        write_json_atomically(args.json, {**head, **diagnosis.as_json()})
