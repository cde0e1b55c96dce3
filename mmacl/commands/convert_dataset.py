r"""Convert features and annotations of any layout to the folder that mmacl reads.

Writes OUT/features/<modality>/<video>.npy, OUT/annotations.json, OUT/timing.json, and OUT/conversion.json, by which a
second call knows what is done: the same command goes on where it was stopped, and does nothing when all is up to date.

Layouts of features: folder (mmacl's own), csv, basnet, actionformer, wtalc, and every registered store by its name,
such as hdf5 and npz. Layouts of annotations: activitynet (also BaS-Net's gt.json), coco, csv, thumos14, wtalc.

Examples:
    python tools/dataset_converters/convert_dataset.py --features basnet downloads/basnet \
        --annotations downloads/basnet/gt.json --out data/thumos14
    python tools/dataset_converters/convert_dataset.py --features hdf5 downloads/c3d.h5 --store template={video}/c3d \
        --modalities rgb --dtype float16 --out data/c3d
    python tools/dataset_converters/convert_dataset.py --features actionformer downloads/thumos --out data/thumos14 \
        --annotations downloads/thumos14.json --timing annotations --snippet-stride 4 --window 16
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from mmacl.cli import EXIT_INTERRUPTED, add_timing_arguments, import_plugin, timing_of
from mmacl.utils import InputError, usable_cores

if TYPE_CHECKING:
    from mmacl.dataset_tools.conversion import FeaturePlan, FeaturePlanner, Manifest, OutputFolder
    from mmacl.datasets import AnnotationSet, VideoRecord, VideoTimings

AFTER_INTERRUPT = 'the same command goes on'


def parse_args() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--features', nargs=2, metavar=('LAYOUT', 'PATH'), help='where the features are, and how')
    parser.add_argument(
        '--store',
        nargs='+',
        default=[],
        metavar='KEY=VALUE',
        help='arguments of the store, as in file=c3d.h5 template={video}/c3d subset=train; see docs/en/data.md',
    )
    parser.add_argument(
        '--slices',
        nargs='+',
        default=[],
        metavar='M=FIRST:STOP',
        help='columns of each modality, where they lie side by side, as in rgb=0:1024 flow=1024:2048',
    )
    parser.add_argument('--modalities', nargs='+', metavar='M', help='default: those of --slices, or else rgb flow')
    parser.add_argument('--dtype', choices=['float16', 'float32'], default='float32', help='default: float32')
    parser.add_argument('--annotations', metavar='PATH', help='a file or folder of annotations')
    parser.add_argument(
        '--annotation-layout',
        metavar='L',
        help='activitynet, coco, csv, thumos14, wtalc, ... (default: seen from the path)',
    )
    parser.add_argument('--out', required=True, metavar='DIR', help='the folder to write')
    parser.add_argument(
        '--jobs', type=int, default=usable_cores(), metavar='N', help='videos at a time (default: the cores)'
    )
    timing = parser.add_argument_group('timing', 'where snippets are in time, for OUT/timing.json')
    add_timing_arguments(timing, 'timing.json beside the features, or times in companion files, if there are any')
    parser.add_argument(
        '--keep-going',
        action='store_true',
        help='leave out videos that cannot be converted, list them at the end and exit with 1 (default: stop at the '
        'first)',
    )
    parser.add_argument('--dry-run', action='store_true', help='say what would be done, and write nothing')
    parser.add_argument(
        '--plugin',
        action='append',
        default=[],
        metavar='MODULE',
        help='import this module first, so that the stores it registers are layouts too; may be repeated',
    )
    args = parser.parse_args()
    if not args.features and not args.annotations:
        parser.error('give --features LAYOUT PATH, or --annotations PATH, or both')
    timed = any(value is not None for value in (args.timing, args.fps, args.snippet_stride, args.window, args.offset))
    if not args.features and (args.store or args.slices or args.modalities or timed):
        parser.error('--store, --slices, --modalities and --timing belong to --features, which is not given')
    if args.annotation_layout and not args.annotations:
        parser.error('--annotation-layout belongs to --annotations, which is not given')
    if args.jobs < 1:
        parser.error(f'--jobs {args.jobs}: must be at least 1')
    return args


def main() -> None:
    """Plan, check, and convert."""
    args = parse_args()
    for module in args.plugin:
        import_plugin(module)
    from mmacl.dataset_tools.conversion import ANNOTATIONS, Manifest, OutputFolder, annotations_text, text_is_current
    from mmacl.datasets.annotations import open_annotations
    from mmacl.datasets.timing_table import TIMING_FILE

    annotations = open_annotations(args.annotations, args.annotation_layout) if args.annotations else None
    texts = {ANNOTATIONS: annotations_text(annotations, args.annotations)} if annotations else {}
    planner = build_planner(args) if args.features else None
    with OutputFolder(args.out) as out:
        manifest = Manifest(out)
        plan = survey(args, out, manifest, planner, annotations)
        timing = timing_text_of(args, planner, plan.names, annotations) if planner else None
        texts |= {} if timing is None else {TIMING_FILE: timing}
        current = [text_is_current(name, text, out, manifest) for name, text in texts.items()]
        if args.dry_run:
            print('dry run: nothing is written')
        elif all(current) and not plan.videos and not out.is_unfinished:
            print(f'nothing to do: {args.out} is up to date')
        else:
            try:
                plan = write(args, out, manifest, planner, plan, texts)
            except KeyboardInterrupt:
                print('interrupted; the same command goes on', file=sys.stderr)
                sys.exit(EXIT_INTERRUPTED)
            print(f'written to {args.out}')
    for fault in sorted(plan.faults, key=lambda fault: fault.video):
        print(f'left out: {fault}', file=sys.stderr)
    if plan.faults:
        print(f'{len({fault.video for fault in plan.faults})} videos were left out', file=sys.stderr)
        sys.exit(1)


def build_planner(args: argparse.Namespace) -> FeaturePlanner:
    """The store of the command line, and what is read from it."""
    from mmacl.dataset_tools.conversion import FeaturePlanner, open_store, parse_options, parse_slices, store_config

    layout, path = args.features
    slices = parse_slices(args.slices)
    config = store_config(layout, Path(path), parse_options(args.store), slices or None)
    modalities = args.modalities or list(slices) or ['rgb', 'flow']
    return FeaturePlanner(open_store(config), config, modalities, args.dtype, path)


def survey(
    args: argparse.Namespace,
    out: OutputFolder,
    manifest: Manifest,
    planner: FeaturePlanner | None,
    annotations: AnnotationSet | None,
) -> FeaturePlan:
    """Say what will be done; refuse what can be refused before anything is written."""
    from mmacl.dataset_tools.conversion import FeaturePlan, readable_size

    if annotations is not None:
        instances = sum(len(record.labels) for record in annotations.records)
        print(f'annotations: {len(annotations.records)} videos, {instances} instances')
        for note in annotations.notes:
            print(f'{args.annotations}: {note}')
    if planner is None:
        return FeaturePlan({}, 0, ())
    # Videos without instances, such as a test subset whose annotations are withheld, may do without features.
    needed = [record.video_name for record in annotations.records if record.labels] if annotations else []
    plan = planner.plan(out, manifest, needed)
    if plan.faults and not args.keep_going:
        number = len({fault.video for fault in plan.faults})
        more = f' ({number - 1} more videos have faults)' if number > 1 else ''
        raise plan.faults[0].error(f'{plan.faults[0].remedy}; --keep-going leaves such videos out{more}')
    free = plan.check_space(out.path)
    print(
        f'features: {plan.num_files} files of {len(plan.videos)} videos to write as {args.dtype} '
        f'({readable_size(plan.num_bytes)}; {readable_size(free)} are free), {plan.num_current} files up to date',
        flush=True,
    )
    return plan


def timing_text_of(
    args: argparse.Namespace, planner: FeaturePlanner, videos: tuple[str, ...], annotations: AnnotationSet | None
) -> str | None:
    """The text of ``timing.json``: what the command states, else what is beside the features; None if nothing is.

    Raises:
        InputError: a timing that is stated cannot be read, or misses a video.
    """
    from mmacl.datasets import VideoRecord, VideoTimings
    from mmacl.datasets.timing_table import TIMING_FILE

    known = {record.video_name: record for record in (annotations.records if annotations else ())}
    records = [known.get(video) or VideoRecord(video) for video in videos]
    stated, place, modality = timing_of(args), Path(args.features[1]), planner.modalities[0]
    beside = (place if place.is_dir() else place.parent) / TIMING_FILE
    if stated is None and beside.is_file():
        stated = dict(mode='file', path=str(beside.resolve()))
    if stated is not None:
        timings = VideoTimings(stated, annotations=args.annotations or 'annotations')
        if timings.needs_duration:
            raise InputError('no table is needed for it', file='--timing duration', remedy='leave it out')
        return report_timing(timings, planner, records)
    kinds = ('fps', 'timestamps_ms')
    if not any(planner.store.companion(video, modality, kind) for video in videos[:1] for kind in kinds):
        return None
    try:
        return report_timing(VideoTimings(dict(mode='companions')), planner, records)
    except InputError as error:
        print(f'timing: not written; files beside the features state some of it, but {error.what} ({error.file})')
        return None


def report_timing(timings: VideoTimings, planner: FeaturePlanner, records: list[VideoRecord]) -> str:
    """Say which videos have which timing; the text of ``timing.json``."""
    from collections import Counter

    from mmacl.datasets.timing_table import timing_text

    rules = timings.rules(records, planner.store, planner.modalities[0])
    counts = Counter(f'{rule.snippet_duration:.4g}' for rule in rules.values())
    print('timing: ' + ', '.join(f'{count} videos at {seconds} s a snippet' for seconds, count in counts.most_common()))
    return timing_text(timings.entries(records, planner.store, planner.modalities[0]))


def write(
    args: argparse.Namespace,
    out: OutputFolder,
    manifest: Manifest,
    planner: FeaturePlanner | None,
    plan: FeaturePlan,
    texts: dict[str, str],
) -> FeaturePlan:
    """Convert; the plan, with the faults that only the features themselves showed."""
    from mmacl.dataset_tools.conversion import ConversionProgress, FeatureConverter, Manifest, write_text

    out.begin()
    if Manifest(out).files != manifest.files:
        raise InputError('another conversion has just been writing here', file=out.path, remedy='call this one again')
    try:
        for name, text in texts.items():
            write_text(name, text, out, manifest)
        if planner is not None:
            with ConversionProgress(len(plan.videos), plan.num_bytes) as progress:
                converter = FeatureConverter(planner, out, manifest, args.jobs)
                faults = converter.run(plan, args.keep_going, progress.advance)
            plan = replace(plan, faults=(*plan.faults, *faults))
            print(progress.summary())
        manifest.finish()
    finally:
        manifest.close()
    return plan
