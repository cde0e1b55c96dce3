"""Look at the annotations of a config's data set before training on it.

Draws the ground truth of each video as OUT_DIR/timelines/<video>.png, and the lengths of all instances and their number
a class as OUT_DIR/statistics.png. Features need not be there.

Examples:
    python tools/visualizations/browse_dataset.py configs/acl/acl_synthetic_us.py
    python tools/visualizations/browse_dataset.py configs/acl/acl_thumos14_us.py --subset-key train --number 20
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
from mmengine.registry import DefaultScope
from mmengine.structures import InstanceData
from rich.progress import track

from mmacl.apis import add_config_arguments, load_config, run_tool
from mmacl.datasets import MissingFeaturesError, UntrimmedVideoDataset, VideoRecord
from mmacl.registry import DATASETS
from mmacl.structures import ActionDataSample
from mmacl.utils import InputError
from mmacl.visualization import draw_statistics, draw_timeline, save_figure


def parse_args() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_config_arguments(parser)
    parser.add_argument(
        '--subset-key', choices=['train', 'test'], default='test', help='which dataset of the config (default: test)'
    )
    parser.add_argument('--out-dir', metavar='D', help='folder (default: work_dirs/browse/<config name>_<subset key>)')
    parser.add_argument('--number', type=int, metavar='N', help='draw the first N videos (default: all)')
    return parser.parse_args()


def read_records(dataset: UntrimmedVideoDataset, where: str) -> list[VideoRecord]:
    """Annotations of all videos, with durations as far as they are known.

    Raises:
        InputError: there are none.
    """
    if dataset.action_counts() is None:
        raise InputError(
            f'{where}: its {len(dataset)} videos have no annotations, so there is nothing to draw; add them '
            '(docs/en/data.md shows the form)'
        )
    return [read_record(dataset, index) for index in range(len(dataset))]


def read_record(dataset: UntrimmedVideoDataset, index: int) -> VideoRecord:
    """Annotations of one video."""
    as_written: VideoRecord = dataset.get_data_info(index)['record']
    try:
        record = dataset.record(index) or as_written
        return record if record.duration is not None else replace(record, duration=dataset.timing(index).duration)
    except MissingFeaturesError:
        # Only the number of snippets would tell where the video ends.
        return as_written


def describe(record: VideoRecord, labels: dict[str, int], simulated: bool) -> ActionDataSample:
    """A sample with the ground truth alone."""
    sample = ActionDataSample(
        metainfo={'video_name': record.video_name, 'duration': record.duration, 'simulated': simulated}
    )
    sample.gt_instances = InstanceData(
        segments=record.segments, labels=np.array([labels[name] for name in record.labels], dtype=np.int64)
    )
    return sample


def main() -> None:
    """Draw."""
    args = parse_args()
    if args.number is not None and args.number < 0:
        raise InputError(f'--number {args.number}: is negative; 0 draws the statistics alone')
    config = load_config(args.config, args.cfg_options, args.plugin)
    key = f'{args.subset_key}_dataloader'
    if config.get(key) is None:
        raise InputError(f'{args.config}: has no {key}; choose another --subset-key')
    with DefaultScope.overwrite_default_scope('mmacl'):
        dataset: UntrimmedVideoDataset = DATASETS.build(config[key].dataset)
    dataset.full_init()
    records = read_records(dataset, f'{args.config}: {key}.dataset')
    classes, simulated = dataset.metainfo['classes'], bool(dataset.metainfo.get('simulated', False))
    labels = {name: label for label, name in enumerate(classes)}
    samples = [describe(record, labels, simulated) for record in records]

    out_dir = Path(args.out_dir or f'work_dirs/browse/{Path(args.config).stem}_{args.subset_key}')
    if out_dir.exists() and not out_dir.is_dir():
        raise InputError(f'--out-dir {out_dir}: is a file; name a folder')
    chosen = samples[: args.number]
    for sample in track(chosen, 'drawing', disable=not sys.stdout.isatty()):
        save_figure(draw_timeline(sample, classes), out_dir / 'timelines' / f'{sample.video_name}.png')

    segments = np.concatenate([record.segments for record in records])
    all_labels = np.concatenate([sample.gt_instances.labels for sample in samples])
    name = str(dataset.metainfo.get('dataset_name', ''))
    remark = ' (simulated)' if simulated and 'simulated' not in name else ''
    title = f'{name}{remark} · {args.subset_key} · {len(records)} videos, {len(segments)} instances'
    save_figure(
        draw_statistics(segments[:, 1] - segments[:, 0], all_labels, classes, title), out_dir / 'statistics.png'
    )
    print(f'{title}\n{len(chosen)} timelines and statistics.png written to {out_dir}')


if __name__ == '__main__':
    run_tool(main)
