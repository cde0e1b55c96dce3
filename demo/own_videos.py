"""Discover actions in videos that this script generates, and measure what was found: minutes, no download, no weights.

The videos show a shape over a changing background; each holds one of five motions, two or three times. They look like
no real video, so the figures only say that the way from files to actions works.

Writes OUT/videos, with OUT/videos/truth.json, and OUT/found, with the gallery. With a folder of your own in place of
OUT/videos, tools/discover.py does the same.

Examples:
    python demo/own_videos.py data/own_videos
    python demo/own_videos.py data/own_videos --num-videos 60 --weights i3d_rgb.safetensors
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mmacl.cli import at_least_one, run_tool, seed

if TYPE_CHECKING:
    from mmacl.apis import Discovery


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('out', type=Path, metavar='OUT', help='folder to write')
    parser.add_argument('--num-videos', type=at_least_one, default=20, help='how many (default: 20)')
    parser.add_argument('--seed', type=seed, default=0, help='seed of the videos and of the training (default: 0)')
    parser.add_argument('--weights', metavar='FILE', help='weights of I3D; default: MotionHistogram, which has none')
    parser.add_argument('--stride', type=at_least_one, default=8, help='frames from snippet to snippet (default: 8)')
    return parser.parse_args()


def main() -> None:
    """Generate, discover, measure."""
    args = parse_args()
    from mmacl.apis import discover
    from mmacl.video import MOTIONS

    began, videos = time.monotonic(), args.out / 'videos'
    truth = generate(videos, args.num_videos, args.seed)
    extractor = choose_extractor(args.weights)
    done = discover(videos, args.out / 'found', len(MOTIONS), extractor, stride=args.stride, seed=args.seed)
    print(f'gallery: {done.gallery}')
    for name, value in measure(done, truth).items():
        print(f'{name}: {value:.3f}')
    print(f'{time.monotonic() - began:.0f} s in all; the videos are generated')


def generate(folder: Path, num_videos: int = 20, seed: int = 0) -> dict[str, Any]:
    """Generate the videos that are not there; return their ground truth."""
    from mmacl.video import generated_truth, write_moving_shapes

    truth = generated_truth(folder, num_videos, seed)
    if truth is None:
        began = time.monotonic()
        truth = write_moving_shapes(folder, num_videos, seed=seed)
        print(f'{num_videos} videos generated in {time.monotonic() - began:.0f} s')
    return truth


def choose_extractor(weights: str | None) -> dict[str, Any]:
    """I3D where there are weights, else features that need none."""
    return {'type': 'i3d_rgb', 'weights': weights} if weights else {'type': 'motion_histogram'}


def measure(done: Discovery, truth: Mapping[str, Any]) -> dict[str, float]:
    """Compare what was found with the ground truth: purity and NMI of the clusters of videos, and mAP.

    A cluster is called by the motion of most of its videos, as the paper maps clusters to actions.
    """
    import numpy as np

    from mmacl.clustering import map_clusters
    from mmacl.evaluation import SegmentTable, clustering_metrics, mean_average_precision
    from mmacl.runs.run_record import RunRecord

    record = RunRecord(done.work_dir)
    labels, found = record.labels(record.rounds[-1]), record.detections(record.rounds[-1])
    classes, entries = truth['classes'], [truth['database'][name]['annotations'] for name in labels.video_names]
    instances = [
        {'segments': [each['segment'] for each in rows], 'labels': [classes.index(each['label']) for each in rows]}
        for rows in entries
    ]
    counts = np.stack([np.bincount(video['labels'], minlength=len(classes)) for video in instances])
    mapping = map_clusters(labels.memberships, counts, tuple(classes))
    detections = []
    for name in labels.video_names:
        named = [
            (row['segment'], action, row['score'] * mapping.weights[row['cluster'], action])
            for row in found.get(name, [])
            for action in np.flatnonzero(mapping.weights[row['cluster']])
        ]
        columns = zip(*named, strict=True) if named else ((), (), ())
        detections.append(dict(zip(('segments', 'labels', 'scores'), map(list, columns), strict=True)))
    tables = SegmentTable.from_videos(instances, scored=False), SegmentTable.from_videos(detections, scored=True)
    tious = (0.3, 0.5, 0.7)
    precision = mean_average_precision(*tables, tious)
    clusters = clustering_metrics(labels.memberships, counts)
    figures = {'purity': clusters['purity'], 'NMI': clusters['nmi']}
    return figures | {f'mAP@{tiou}': float(value) for tiou, value in zip(tious, precision, strict=True)}


if __name__ == '__main__':
    run_tool(main)
