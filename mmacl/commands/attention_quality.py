"""Does the attention find action? Measured on the validation videos, from the record of finished trainings.

By round: the AUC of S and of A of the predicted cluster within each video, that is, the probability that a snippet of
action has more attention than one of background (0.5 is chance); the share of a video's snippets that S rests on
(perplexity of its weights over T); and how much of a video is action. Means over the videos that hold both action and
background; over several work_dirs, such as seeds of one config, mean and sample deviation. Needs annotations; nothing
is trained or tested.

Examples:
    python tools/analysis_tools/attention_quality.py work_dirs/acl_synthetic_us
    python tools/analysis_tools/attention_quality.py work_dirs/multi_seed/acl_synthetic_us/seed_* --json quality.json
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
from terminaltables import AsciiTable

from mmacl.evaluation.functional import attention_auc, effective_share, snippets_in_action
from mmacl.runs.run_record import RunRecord
from mmacl.runs.seeded_run import format_spread, mean_and_deviation
from mmacl.utils import InputError, write_json_atomically

FIGURES = {
    'auc_agnostic': 'AUC of S',
    'auc_specific': 'AUC of A',
    'share_agnostic': 'share that S rests on',
    'action': 'share of action',
}


def parse_args() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('work_dirs', nargs='+', type=Path, metavar='WORK_DIR', help='of a training')
    parser.add_argument('--json', type=Path, metavar='F.json', help='write the figures as one JSON object')
    return parser.parse_args()


def measure(record: RunRecord, round_: int) -> dict[str, float]:
    """Means over the videos that hold action and background.

    Raises:
        InputError: there are none.
    """
    rows = []
    for video, curve in record.attention(round_).items():
        truth = record.truth_of.get(video)
        if truth is None:
            continue
        action = snippets_in_action(len(curve.class_agnostic), curve.snippet_duration, curve.offset, truth.segments)
        auc = [attention_auc(values, action) for values in (curve.class_agnostic, curve.class_specific)]
        if not np.isnan(auc).any():
            rows.append([*auc, effective_share(curve.class_agnostic), action.mean()])
    if not rows:
        raise InputError(
            'no validation video has annotated action and background',
            file=record.work_dir,
            remedy='annotate some to measure',
        )
    return {**dict(zip(FIGURES, np.mean(rows, axis=0).tolist(), strict=True)), 'videos': len(rows)}


def main() -> None:
    """Measure and print."""
    args = parse_args()
    records = [RunRecord(work_dir) for work_dir in args.work_dirs]
    rounds = sorted(set.intersection(*(set(record.rounds) for record in records)))
    if not rounds:
        raise InputError(
            f'{args.work_dirs[0]} and the others have no finished round in common', remedy='let them run on'
        )
    simulated = any(record.simulated for record in records)
    found: list[dict[str, Any]] = []
    for round_ in rounds:
        measured = [measure(record, round_) for record in records]
        figures = {name: mean_and_deviation([row[name] for row in measured]) for name in FIGURES}
        found.append({'round': round_, 'runs': len(records), 'videos': measured[0]['videos'], **figures})
    cells = [['Round', *FIGURES.values()]]
    cells += [[str(row['round']), *(format_spread(row[name], 3) for name in FIGURES)] for row in found]
    note = ' of simulated videos' if simulated else ''
    print(f'attention on {found[0]["videos"]} validation videos{note}, {len(records)} run{"s" * (len(records) > 1)}')
    print(AsciiTable(cells).table)
    if args.json:
        write_json_atomically(args.json, {'simulated': simulated, 'rounds': found})
