"""Measure how well the attention of finished trainings tells action from background on the validation videos.

Prints for each round: the AUC of S, and of A of the predicted cluster, within each video, that is, the probability that
an action snippet has more attention than a background snippet (0.5 is chance); the share of a video's snippets that S
rests on (perplexity of its weights over T); and the share of the video that is action. The figures of S are left out
for a method without it. Figures are means over the videos with both action and background; with several work_dirs, such
as seeds of one config, mean and sample deviation. Needs annotations; trains and tests nothing.

Examples:
    python tools/analysis_tools/attention_quality.py work_dirs/acl_synthetic_us
    python tools/analysis_tools/attention_quality.py work_dirs/multi_seed/acl_synthetic_us/seed_* --json quality.json
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mmacl.utils import InputError, check_can_write, write_json_atomically

if TYPE_CHECKING:
    from mmacl.runs.run_record import RunRecord

FIGURES = {
    'auc_agnostic': 'AUC of S',
    'auc_specific': 'AUC of A',
    'share_agnostic': 'share that S rests on',
    'action': 'share of action',
}
OF_S = ('auc_agnostic', 'share_agnostic')


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('work_dirs', nargs='+', type=Path, metavar='WORK_DIR', help='the --work-dir of a training')
    parser.add_argument('--json', type=Path, metavar='F.json', help='write the figures as one JSON object')
    return parser.parse_args()


def measure(record: RunRecord, round_: int) -> dict[str, float]:
    """Average over the validation videos that have action and background; without S, its figures are missing.

    Raises:
        InputError: there is no such video.
    """
    import numpy as np

    from mmacl.evaluation.functional import attention_auc, effective_share, snippets_in_action

    rows = []
    for video, curve in record.attention(round_).items():
        truth = record.truth_of.get(video)
        if truth is None:
            continue
        action = snippets_in_action(len(curve.class_specific), curve.snippet_duration, curve.offset, truth.segments)
        if action.all() or not action.any():
            continue
        row = {'auc_specific': attention_auc(curve.class_specific, action), 'action': action.mean()}
        if curve.class_agnostic is not None:
            row['auc_agnostic'] = attention_auc(curve.class_agnostic, action)
            row['share_agnostic'] = effective_share(curve.class_agnostic.clip(min=0))
        rows.append(row)
    if not rows:
        raise InputError(
            'no validation video has annotated action and background',
            file=record.work_dir,
            remedy='annotate some validation videos and train again',
        )
    means = {name: float(np.nanmean([row[name] for row in rows])) for name in FIGURES if name in rows[0]}
    return {**means, 'videos': len(rows)}


def main() -> None:
    """Measure and print."""
    args = parse_args()
    from mmacl.runs.run_record import RunRecord
    from mmacl.utils.spread import format_spread, mean_and_deviation
    from mmacl.utils.tables import draw_table

    if args.json:
        check_can_write(args.json, '--json')
    records = [RunRecord(work_dir) for work_dir in args.work_dirs]
    rounds = sorted(set.intersection(*(set(record.rounds) for record in records)))
    if not rounds:
        raise InputError(
            'has no finished round in common with the others', file=args.work_dirs[0], remedy='wait for a round to end'
        )
    simulated = any(record.simulated for record in records)
    found: list[dict[str, Any]] = []
    for round_ in rounds:
        measured = [measure(record, round_) for record in records]
        if len({OF_S[0] in row for row in measured}) > 1:
            without = next(record.work_dir for record, row in zip(records, measured, strict=True) if OF_S[0] not in row)
            raise InputError(
                'records no class-agnostic attention, unlike the others', file=without, remedy='measure it apart'
            )
        figures = {name: mean_and_deviation([row[name] for row in measured]) for name in FIGURES if name in measured[0]}
        found.append({'round': round_, 'runs': len(records), 'videos': measured[0]['videos'], **figures})
    names = [name for name in FIGURES if name in found[0]]
    cells = [['Round', *(FIGURES[name] for name in names)]]
    cells += [[str(row['round']), *(format_spread(row[name], 3) for name in names)] for row in found]
    note = ' of simulated videos' if simulated else ''
    print(f'attention on {found[0]["videos"]} validation videos{note}, {len(records)} run{"s" * (len(records) > 1)}')
    print(draw_table(cells, first_numbers=1))
    if OF_S[0] not in names:
        print('no figures of S: the method has no class-agnostic attention')
    if args.json:
        write_json_atomically(args.json, {'simulated': simulated, 'rounds': found})
