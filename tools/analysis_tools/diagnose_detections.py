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
from typing import Any

import numpy as np
from numpy.typing import NDArray
from terminaltables import AsciiTable

from mmacl.apis import run_tool
from mmacl.datasets.annotations import open_annotations
from mmacl.evaluation import GroundTruth, read_detections, video_list_named
from mmacl.evaluation.error_analysis import (
    EDGES,
    ERROR_TYPES,
    Characteristic,
    FalsePositiveProfile,
    SensitivityProfile,
    characteristics,
    false_positive_profile,
    sensitivity_profile,
)
from mmacl.evaluation.functional.average_precision import checked_thresholds
from mmacl.evaluation.ground_truth import subset_of
from mmacl.utils import InputError, write_json_atomically
from mmacl.visualization import draw_by_characteristic, draw_false_positives, save_figure

# As the paper: one threshold for THUMOS14, ten for ActivityNet, which is told by its number of classes.
ACTIVITYNET_CLASSES = 100
THRESHOLDS = {'thumos14': (0.5,), 'activitynet': tuple(round(0.5 + 0.05 * step, 2) for step in range(10))}


def parse_args() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('gt', metavar='GT', help='annotations: a file or a folder')
    parser.add_argument('results', metavar='RESULTS', help='detections in ActivityNet JSON form')
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


def per_cent(value: float) -> str:
    """Per cent, or a dash for what does not exist."""
    return '-' if np.isnan(value) else f'{100 * value:.1f}'


def plain(values: NDArray[np.float64]) -> list[float | None]:
    """Numbers as JSON holds them."""
    return [None if np.isnan(value) else float(value) for value in values]


def print_tables(
    errors: FalsePositiveProfile, sensitivity: SensitivityProfile, kinds: tuple[Characteristic, ...], facts: str
) -> None:
    """All figures, means over thresholds."""
    print(f'Detections by type in slices of the ranking (%): {facts}')
    numbers = errors.counts[0].sum(axis=-1)
    slices = [
        [f'{rank}G', f'{number:,}', *(per_cent(share) if number else '-' for share in row)]
        for rank, (number, row) in enumerate(zip(numbers, errors.shares, strict=True), 1)
    ]
    print(table([['Slice', 'Number', *ERROR_TYPES], *slices]))
    base, gains = errors.normalized_map.mean(), errors.gains.mean(axis=0)
    print(f'Normalised mAP of these detections: {per_cent(base)} %; points gained without an error:')
    rows = [[name, f'{100 * gain:+.1f}'] for name, gain in zip(ERROR_TYPES[1:], gains, strict=True)]
    print(table([['Error', 'Gain'], *rows]))
    print(
        f'All detections: normalised mAP {per_cent(sensitivity.normalized_map.mean())} %, '
        f'{per_cent(sensitivity.missed.mean())} % of the instances missed'
    )
    rows = [
        [f'{kind.name} {name}', f'{number:,}', per_cent(value), per_cent(missed)]
        for kind in kinds
        for name, number, value, missed in zip(
            kind.bins,
            sensitivity.num_instances[kind.name],
            sensitivity.maps_by_bin[kind.name].mean(axis=0),
            sensitivity.missed_by_bin[kind.name].mean(axis=0),
            strict=True,
        )
    ]
    print(table([['Instances', 'Number', 'normalised mAP (%)', 'missed (%)'], *rows]))


def draw(
    out_dir: Path,
    errors: FalsePositiveProfile,
    sensitivity: SensitivityProfile,
    kinds: tuple[Characteristic, ...],
    facts: str,
) -> None:
    """The three pictures."""
    base, gains = float(errors.normalized_map.mean()), errors.gains.mean(axis=0)
    save_figure(
        draw_false_positives(errors.shares, gains, ERROR_TYPES, base, f'False positives · {facts}'),
        out_dir / 'false_positives.png',
    )
    bins = {kind.name: kind.bins for kind in kinds}
    for name, by_bin, overall, ylabel, title in (
        ('sensitivity', sensitivity.maps_by_bin, sensitivity.normalized_map, 'normalised mAP (%)', 'Sensitivity'),
        ('missed', sensitivity.missed_by_bin, sensitivity.missed, 'missed instances (%)', 'Missed'),
    ):
        means = {key: value.mean(axis=0) for key, value in by_bin.items()}
        figure = draw_by_characteristic(
            means, bins, sensitivity.num_instances, float(overall.mean()), ylabel, f'{title} · {facts}'
        )
        save_figure(figure, out_dir / f'{name}.png')


def as_json(
    errors: FalsePositiveProfile, sensitivity: SensitivityProfile, kinds: tuple[Characteristic, ...]
) -> dict[str, Any]:
    """All figures, by threshold where they are counts, else means over thresholds."""
    return {
        'error_types': list(ERROR_TYPES),
        'false_positives': {
            'counts': errors.counts.tolist(),
            'shares': errors.shares.tolist(),
            'normalized_mAP': float(errors.normalized_map.mean()),
            'gains': dict(zip(ERROR_TYPES[1:], errors.gains.mean(axis=0).tolist(), strict=True)),
        },
        'normalized_mAP': float(sensitivity.normalized_map.mean()),
        'missed': float(sensitivity.missed.mean()),
        'characteristics': {
            kind.name: {
                'bins': list(kind.bins),
                'instances': sensitivity.num_instances[kind.name].tolist(),
                'normalized_mAP': plain(sensitivity.maps_by_bin[kind.name].mean(axis=0)),
                'missed': plain(sensitivity.missed_by_bin[kind.name].mean(axis=0)),
            }
            for kind in kinds
        },
    }


def main() -> None:
    """Read, diagnose, print, draw."""
    args = parse_args()
    if not 0 <= args.min_tiou <= 1:
        raise InputError(f'--min-tiou {args.min_tiou:g}: is not in [0, 1]; the paper has 0.1')
    out_dir = Path(args.out_dir) if args.out_dir else None
    if out_dir is not None and out_dir.exists() and not out_dir.is_dir():
        raise InputError(f'--out-dir {out_dir}: is a file; name a folder')
    found = read_detections(args.results)
    annotations = open_annotations(args.gt, args.gt_format)
    subset = args.subset or subset_of(annotations.records, found.video_names, args.gt)
    truth = GroundTruth.from_annotations(annotations, subset, args.gt)
    if args.video_list:
        truth = truth.on_list(video_list_named(args.video_list))
    detections = found.bind(truth.video_names, truth.classes, args.first_id)
    seconds = {record.video_name: record.duration for record in annotations.records}
    durations = np.array(
        [np.nan if seconds[name] is None else seconds[name] for name in truth.video_names], dtype=float
    )

    bins = args.bins or ('activitynet' if len(truth.classes) >= ACTIVITYNET_CLASSES else 'thumos14')
    thresholds = checked_thresholds(args.tiou or THRESHOLDS[bins])
    kinds = characteristics(truth.instances, durations, bins)
    errors = false_positive_profile(truth.instances, detections, thresholds, min_tiou=args.min_tiou)
    sensitivity = sensitivity_profile(truth.instances, detections, thresholds, kinds)

    simulated = found.external.get('simulated') is True
    facts = [
        f'tIoU {", ".join(f"{t:g}" for t in thresholds)}' if len(thresholds) < 4 else '',
        f'mean over tIoU {thresholds.min():g} to {thresholds.max():g}' if len(thresholds) >= 4 else '',
        f'list {video_list_named(args.video_list).name}' if args.video_list else f'subset {subset}' if subset else '',
        f'{len(truth.video_names)} videos, {len(truth.instances):,} instances, {len(detections):,} detections',
        'simulated data' if simulated else '',
    ]
    line = ', '.join(filter(None, facts))
    print_tables(errors, sensitivity, kinds, line)
    if out_dir is not None:
        draw(out_dir, errors, sensitivity, kinds, line)
        print(f'false_positives.png, sensitivity.png and missed.png written to {out_dir}')
    if args.json:
        head = {
            'ground_truth': args.gt,
            'results': args.results,
            'subset': subset,
            'videos': len(truth.video_names),
            'instances': len(truth.instances),
            'detections': len(detections),
            'simulated': simulated,
            'tiou_thresholds': thresholds.tolist(),
            'min_tiou': args.min_tiou,
        }
        write_json_atomically(args.json, {**head, **as_json(errors, sensitivity, kinds)})


if __name__ == '__main__':
    run_tool(main)
