r"""Convert annotated or found segments between layouts: into annotation tools, and back.

IN is a file or folder of annotations in any layout that mmacl reads, or a file of detections (layout results: JSON
with scores). Read and written: activitynet, audacity, coco, csv, cvat, elan, labelstudio, results, via; only read:
thumos14, wtalc; and those of a --plugin. audacity, cvat and elan hold one video a file, so OUT is a folder (or the
file, if there is one video). Each text is read again before it is written, and refused if something was lost.

Examples:
    python tools/dataset_converters/convert_annotations.py gt.json --out eaf --to elan --subset test
    python tools/dataset_converters/convert_annotations.py results.json --out eaf --to elan --facts gt.json --top 20
    python tools/dataset_converters/convert_annotations.py eaf --out corrected.json --to activitynet
    python tools/dataset_converters/convert_annotations.py gt.json --out tasks.json --to labelstudio --fps 25 \
        --media '/data/local-files/?d=videos/{video}.mp4'
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from mmacl.cli import import_plugin
from mmacl.utils import InputError, check_can_write


def parse_args() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('source', metavar='IN', help='a file or folder of annotations, or a file of detections')
    parser.add_argument('--out', required=True, help='the file, or the folder for one file a video')
    parser.add_argument('--to', required=True, metavar='FORMAT', help='layout of OUT')
    parser.add_argument('--from', dest='layout', metavar='FORMAT', help='layout of IN (default: seen from the path)')
    parser.add_argument('--subset', nargs='+', metavar='S', help='only videos of these subsets')
    parser.add_argument(
        '--facts',
        metavar='ANNOTATIONS',
        help='take durations, subsets, frame rates and classes from here, where IN (such as detections) has none',
    )
    parser.add_argument('--fps', type=float, metavar='F', help='frames per second of videos for which IN states none')
    parser.add_argument(
        '--tiers', nargs='+', metavar='T', help='tiers to read from ELAN files (default: the main ones)'
    )
    parser.add_argument('--min-score', type=float, metavar='S', help='leave out detections with lower scores')
    parser.add_argument('--top', type=int, metavar='N', help='only the N best detections of each video')
    parser.add_argument(
        '--media',
        default='{video}.mp4',
        metavar='NAME',
        help='file, path or URL of a video for tools that open it themselves (default: {video}.mp4)',
    )
    parser.add_argument('--overwrite', action='store_true', help='replace files that are there')
    parser.add_argument('--plugin', action='append', default=[], metavar='MODULE', help='import this module first')
    args = parser.parse_args()
    if args.fps is not None and not 0 < args.fps < float('inf'):
        parser.error(f'--fps {args.fps}: must be positive')
    if args.top is not None and args.top < 1:
        parser.error(f'--top {args.top}: must be at least 1')
    return args


def main() -> None:
    """Read, choose, check, write."""
    args = parse_args()
    for module in args.plugin:
        import_plugin(module)
    from mmacl.dataset_tools.conversion import (
        best_segments,
        check_segments,
        complete,
        read_segments,
        write_segments,
    )

    check_out(args)
    found = read_segments(args.source, args.layout, args.fps, args.tiers)
    if args.facts:
        found = complete(found, read_segments(args.facts), args.facts)
    records = found.select(args.subset, (), args.source)
    if args.fps is not None:
        records = [record if record.fps else replace(record, fps=args.fps) for record in records]
    records = [best_segments(record, args.min_score, args.top) for record in records]
    found = replace(found, records=records)
    check_segments(found, args.source)
    files, lost = write_segments(found, args.out, args.to, args.source, args.media)
    for note in found.notes:
        print(f'{args.source}: {note}')
    if lost:
        print(f'left out, since {args.to} has no place for it: {", ".join(lost)}')
    unscored = any(record.scores is None or any(record.scores != record.scores) for record in records)
    if args.to == 'results' and unscored:
        print('segments without a score are written with score 1')
    segments = sum(len(record.labels) for record in records)
    where = args.out if files == [Path(args.out)] else f'{len(files)} files, {files[0]}, ...'
    print(f'{len(records)} videos, {segments} segments of {len(found.class_names() or ())} actions: {where}')


def check_out(args: argparse.Namespace) -> None:
    """Refuse to replace what is there, which a person may have corrected."""
    out = Path(args.out)
    there = out.is_file() or (out.is_dir() and any(out.iterdir()))
    if there and not args.overwrite:
        raise InputError('is there already', file=args.out, remedy='name another --out, or give --overwrite')
    check_can_write(args.out, '--out', folder=out.is_dir())
