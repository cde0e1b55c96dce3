"""Draw the rounds of a training from its record; neither features nor model nor annotations are needed.

Writes to OUT_DIR: round_curves.png (clustering and mAP by round), training_curves.png (losses), affinity.png (Fig. 4:
first and last round), confusion_round_R.png (clusters against classes), embedding_round_R.png (videos in two
dimensions), and timelines/<video>.png (Fig. 5) of some validation videos. Pictures whose data the run did not record
are left out.

Examples:
    python tools/visualizations/draw_rounds.py work_dirs/acl_synthetic_us
    python tools/visualizations/draw_rounds.py WORK_DIR --rounds 1 3 --videos video_test_0000004 video_test_0000006
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from mmacl.cli import seed
from mmacl.utils import InputError, check_can_write


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('work_dir', help='the --work-dir of a training')
    parser.add_argument('--out-dir', metavar='D', help='output folder (default: WORK_DIR/pictures)')
    parser.add_argument(
        '--rounds', type=int, nargs='+', metavar='R', help='rounds to draw (default: all finished rounds)'
    )
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument('--videos', nargs='+', default=[], metavar='NAME', help='draw timelines of these videos')
    chosen.add_argument(
        '--number', type=int, default=5, metavar='N', help='or those of the first N videos (default: 5)'
    )
    parser.add_argument('--seed', type=seed, default=0, metavar='N', help='seed of the embedding (default: 0)')
    return parser.parse_args()


def main() -> None:
    """Draw."""
    args = parse_args()
    if args.number < 0:
        raise InputError('is negative', file=f'--number {args.number}', remedy='0 draws no timelines')
    from rich.progress import Progress, TextColumn, TimeElapsedColumn

    from mmacl.reports.round_pictures import check_rounds, round_pictures
    from mmacl.runs.run_record import RunRecord
    from mmacl.visualization import save_figure

    record = RunRecord(args.work_dir)
    out_dir = Path(args.out_dir or record.work_dir / 'pictures')
    rounds = check_rounds(record, args.rounds)
    known = list(record.attention(rounds[-1]))
    missing = [name for name in args.videos if name not in known]
    if missing:
        raise InputError(
            f'is not one of the {len(known)} validation videos of {args.work_dir}',
            file=f'--videos {missing[0]}',
            remedy='correct the name' + (f'; the first is {known[0]}' if known else ''),
        )
    check_can_write(out_dir, '--out-dir', folder=True)
    videos = args.videos or known[: args.number]
    number = 0
    columns = (TextColumn('{task.description}'), TimeElapsedColumn())
    with Progress(*columns, transient=True, disable=not sys.stdout.isatty()) as progress:
        task = progress.add_task('round_curves', total=None)
        for picture in round_pictures(record, rounds, videos, args.seed):
            progress.update(task, description=picture.name)
            save_figure(picture.figure, out_dir / f'{picture.name}.png')
            number += 1
    simulated = ' of simulated videos' if record.simulated else ''
    print(f'{number} pictures{simulated} written to {out_dir}')
