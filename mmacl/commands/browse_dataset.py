"""Look at annotations before training on them: those of a config's data set, or any file or folder of them.

Draws the ground truth of each video as OUT_DIR/timelines/<video>.png, many videos on one page as OUT_DIR/overview.png,
and the lengths of all instances and their number a class as OUT_DIR/statistics.png. Ambiguous segments are hatched and
apart. Features need not be there.

SOURCE is a config (.py), an ActivityNet JSON file (BaS-Net's gt.json too), a CSV file, a folder of W-TALC's .npy files,
a folder of the THUMOS challenge's text files, a folder with annotations.json, or a format that a --plugin registers.

Examples:
    python tools/visualizations/browse_dataset.py configs/acl/acl_synthetic_us.py
    python tools/visualizations/browse_dataset.py configs/acl/acl_thumos14_us.py --subset-key train --number 20
    python tools/visualizations/browse_dataset.py gt.json --subset test
    python tools/visualizations/browse_dataset.py wtalc_folder --layout wtalc --out-dir pictures
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from mmacl.cli import add_config_arguments, import_plugin
from mmacl.utils import InputError, check_can_write, track

if TYPE_CHECKING:
    from mmacl.datasets import UntrimmedVideos, VideoRecord

DEFAULT_NUMBER = 100
"""ActivityNet has thousands of videos, which take minutes to draw."""


class Browsed(NamedTuple):
    """What to draw.

    Attributes:
        name: of the data set.
        part: of it.
        records: its videos.
        classes: names by label.
        simulated: whether the videos are.
    """

    name: str
    part: str
    records: Sequence[VideoRecord]
    classes: tuple[str, ...]
    simulated: bool = False


def parse_args() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_config_arguments(parser, 'config, or file or folder of annotations', 'SOURCE')
    parser.add_argument('--subset-key', choices=['train', 'test'], help='which dataset of the config (default: test)')
    parser.add_argument('--subset', metavar='S', help='subset of a file or folder of annotations (default: all videos)')
    parser.add_argument(
        '--layout',
        metavar='L',
        help='layout of a file or folder of annotations: activitynet, coco, csv, thumos14, wtalc, ... '
        '(default: recognised from the path)',
    )
    parser.add_argument('--out-dir', metavar='D', help='folder (default: work_dirs/browse/<name>_<subset>)')
    parser.add_argument(
        '--number',
        type=int,
        default=DEFAULT_NUMBER,
        metavar='N',
        help='draw the first N videos (default: 100); -1: all',
    )
    return parser.parse_args()


def of_config(args: argparse.Namespace) -> Browsed:
    """A dataset of a config.

    Raises:
        InputError: it has no annotations.
    """
    if args.subset is not None or args.layout is not None:
        raise InputError(
            '--subset and --layout are for annotations', file=args.config, remedy='a config takes --subset-key'
        )
    from mmacl.config import load_config
    from mmacl.datasets import open_videos

    config = load_config(args.config, args.cfg_options, args.plugin, datasets_only=True)
    part = args.subset_key or 'test'
    key = f'{part}_dataloader'
    if config.get(key) is None:
        raise InputError(f'has no {key}', file=args.config, remedy='choose another --subset-key')
    dataset = open_videos(config[key].dataset)
    if dataset.action_counts() is None:
        raise InputError(
            f'{key}.dataset: its {len(dataset)} videos have no annotations, so there is nothing to draw',
            file=args.config,
            remedy='add them (docs/en/data.md shows the form)',
        )
    meta = dataset.metainfo
    records = [read_record(dataset, index) for index in range(len(dataset))]
    return Browsed(str(meta.get('dataset_name', '')), part, records, meta['classes'], bool(meta.get('simulated')))


def read_record(dataset: UntrimmedVideos, index: int) -> VideoRecord:
    """Annotations of one video, with its duration if it is known."""
    from dataclasses import replace

    from mmacl.datasets import MissingFeaturesError

    as_written: VideoRecord = dataset.data_list[index]['record']
    try:
        record = dataset.record(index) or as_written
        return record if record.duration is not None else replace(record, duration=dataset.timing(index).duration)
    except MissingFeaturesError:
        # Without features the number of snippets, which gives the end of the video, is not known.
        return as_written


def of_annotations(args: argparse.Namespace) -> Browsed:
    """A file or folder of annotations.

    Raises:
        InputError: it cannot be read, has no such subset, or no instance in it.
    """
    if args.subset_key is not None or args.cfg_options:
        raise InputError(
            '--subset-key and --cfg-options are for configs', file=args.config, remedy='annotations take --subset'
        )
    from mmacl.datasets.annotations import open_annotations

    for module in args.plugin:
        import_plugin(module)
    annotations = open_annotations(args.config, args.layout)
    records = annotations.select(None if args.subset is None else [args.subset], (), args.config)
    classes = annotations.class_names() or ()
    unknown = sorted({label for record in records for label in record.labels}.difference(classes))
    if unknown:
        raise InputError(
            f'label {unknown[0]!r} is not in its list of classes', file=args.config, remedy='correct one of them'
        )
    if not any(record.labels for record in records):
        raise InputError(
            f'no instance in {args.subset or "it"}', file=args.config, remedy='name a subset with annotations'
        )
    for note in annotations.notes:
        print(f'{args.config}: {note}')
    everything = sorted({record.subset for record in annotations.records if record.subset})
    part = args.subset or ('all videos' if len(everything) < 2 else f'subsets {", ".join(everything)}')
    return Browsed(Path(args.config).resolve().name, part, records, classes)


def describe(record: VideoRecord, labels: dict[str, int], simulated: bool, source: str) -> dict[str, Any]:
    """What a timeline of the ground truth is drawn from.

    Raises:
        InputError: a time is not finite.
    """
    import numpy as np

    if not np.isfinite([record.duration or 0.0, *record.segments.flat, *record.ambiguous.flat]).all():
        raise InputError('a time is not finite', file=source, remedy='correct the annotation', video=record.video_name)
    numbers = np.array([labels[name] for name in record.labels], dtype=np.int64)
    return {
        'video_name': record.video_name,
        'duration': record.duration,
        'simulated': simulated,
        'gt_instances': {'segments': record.inside()[0], 'labels': numbers},
        'gt_ambiguous': {'segments': record.ambiguous},
    }


def main() -> None:
    """Draw."""
    args = parse_args()
    from mmacl.config import model_configs

    if args.number < -1:
        raise InputError('is negative', file=f'--number {args.number}', remedy='0 draws no timelines, -1 all')
    source = Path(args.config)
    named = not source.exists() and args.config in model_configs()
    browsed = of_config(args) if named or source.suffix == '.py' else of_annotations(args)
    labels = {name: label for label, name in enumerate(browsed.classes)}
    samples = [describe(record, labels, browsed.simulated, args.config) for record in browsed.records]

    stem = f'{source.resolve().stem}_{args.subset_key or args.subset or browsed.part.split()[0]}'
    out_dir = Path(args.out_dir or f'work_dirs/browse/{stem}')
    check_can_write(out_dir, '--out-dir', folder=True)
    draw(browsed, samples, args.number, out_dir)


def draw(browsed: Browsed, samples: list[dict[str, Any]], number: int, out_dir: Path) -> None:
    """Write the timelines and the two pages."""
    import numpy as np

    from mmacl.visualization import draw_overview, draw_statistics, draw_timeline, save_figure

    chosen = samples if number < 0 else samples[:number]
    for sample in track(chosen, 'drawing'):
        save_figure(draw_timeline(sample, browsed.classes), out_dir / 'timelines' / f'{sample["video_name"]}.png')

    segments, labels = (
        np.concatenate([sample['gt_instances'][field] for sample in samples]) for field in ('segments', 'labels')
    )
    num_ambiguous = sum(len(record.ambiguous) for record in browsed.records)
    remark = ' (simulated)' if browsed.simulated and 'simulated' not in browsed.name else ''
    title = f'{browsed.name}{remark} · {browsed.part} · {len(samples)} videos, {len(segments)} instances'
    title += f', {num_ambiguous} ambiguous segments' if num_ambiguous else ''
    statistics = draw_statistics(segments[:, 1] - segments[:, 0], labels, browsed.classes, title)
    save_figure(statistics, out_dir / 'statistics.png')
    save_figure(draw_overview(samples, browsed.classes, title), out_dir / 'overview.png')
    left = f' (the first of {len(samples)}; --number -1 draws all)' if len(chosen) < len(samples) else ''
    print(f'{title}\n{len(chosen)} timelines{left}, overview.png and statistics.png written to {out_dir}')
