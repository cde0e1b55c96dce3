"""Write simulated videos as a folder of feature files, as if they were your own.

    FOLDER/features/rgb/<video>.npy, FOLDER/features/flow/<video>.npy    (T, 128) float32
    FOLDER/annotations.json                                              with --annotations

Examples:
    python demo/write_folder.py data/demo
    python demo/write_folder.py data/demo --annotations --num-videos 120
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from mmacl.cli import run_tool
from mmacl.utils import InputError, check_can_write, write_json_atomically

if TYPE_CHECKING:
    from mmacl.datasets import SyntheticActions


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('folder', type=Path, help='folder to write; must not exist yet')
    parser.add_argument('--num-videos', type=int, default=60, help='how many (default: 60)')
    parser.add_argument('--num-classes', type=int, default=6, help='how many actions they show (default: 6)')
    parser.add_argument('--annotations', action='store_true', help='write annotations.json as well')
    parser.add_argument('--seed', type=int, default=0, help='seed of the simulation (default: 0)')
    return parser.parse_args()


def main() -> None:
    """Write the folder."""
    args = parse_args()
    if args.folder.exists():
        raise InputError('exists already', file=args.folder, remedy='name a new folder; nothing is overwritten')
    check_can_write(args.folder, folder=True)
    import numpy as np

    from mmacl.datasets import SyntheticActions

    dataset = SyntheticActions(num_videos=args.num_videos, num_classes=args.num_classes, seed=args.seed, cache=None)
    for modality in dataset.modalities:
        (args.folder / 'features' / modality).mkdir(parents=True)
    for index, name in enumerate(dataset.video_names):
        for modality, features in dataset.load_features(index).items():
            np.save(args.folder / 'features' / modality / f'{name}.npy', features)
    if args.annotations:
        write_json_atomically(args.folder / 'annotations.json', annotations_of(dataset))
    print(f'{len(dataset)} simulated videos written to {args.folder}')


def annotations_of(dataset: SyntheticActions) -> dict[str, object]:
    """Return the ground truth in the layout of ActivityNet."""
    database = {}
    for record in map(dataset.record, range(len(dataset))):
        instances = zip(record.segments.tolist(), record.labels, strict=True)
        database[record.video_name] = {
            'subset': 'training',
            'duration': record.duration,
            'annotations': [{'segment': segment, 'label': label} for segment, label in instances],
        }
    return {'classes': list(dataset.metainfo['classes']), 'database': database}


if __name__ == '__main__':
    run_tool(main)
