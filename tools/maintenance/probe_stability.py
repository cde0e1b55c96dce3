"""Show whether stability of clusters finds the weights of snippets that fit, on two kinds of simulated videos.

Of salient weights of several powers it prints the purity of the clusters, which needs labels, and the figures that need
none; ACL+ chooses among the first four in round 1. "scenes" are the simulated videos of every other page: scenes belong
to actions, and change within a video. "steady" has one scene a video, of its own, and no lone atoms: what differs
within a video is action.

Example:
    python tools/maintenance/probe_stability.py --seeds 0 1 2 --json stability.json
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

from mmacl.cli import run_tool
from mmacl.utils import write_json_atomically

POWERS = (0.0, 1.0, 2.0, 4.0, 8.0)
NUM_VIDEOS, NUM_CLASSES = 200, 20
KINDS = ('scenes', 'steady')


def recipe_of(kind: str) -> Any:
    """How the videos of a kind are made."""
    from mmacl.datasets.simulation.recipe import RECIPE

    if kind == 'scenes':
        return RECIPE
    quiet = dict(steady_noise=0.3, jitter=0.3)
    return replace(
        RECIPE,
        lone_rate=0.0,
        cutaway_rate=0.0,
        shot_spread=0.1,
        context_share=0.0,
        rgb=replace(RECIPE.rgb, **quiet),
        flow=replace(RECIPE.flow, **quiet),
    )


def main() -> None:
    """Simulate, cluster, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--seeds', nargs='+', type=int, default=[0], help='data sets (default: 0)')
    parser.add_argument('--json', type=Path, metavar='F.json', help='write all figures')
    args = parser.parse_args()
    rows = [row for name in KINDS for seed in args.seeds for row in probe(name, seed)]
    if args.json:
        write_json_atomically(args.json, rows)


def probe(name: str, seed: int) -> list[dict[str, Any]]:
    """Measure each candidate on one data set; print as it goes."""
    import numpy as np

    from mmacl.clustering import SalientWeights, SpectralClusterer, VideoPooling, measure_clusters
    from mmacl.clustering.diagnostics import assign
    from mmacl.datasets.simulation import SimulationSettings, VideoSimulator
    from mmacl.evaluation.functional import clustering_metrics

    simulator = VideoSimulator(SimulationSettings(NUM_CLASSES, seed=seed), recipe_of(name))
    videos = [
        {stream: simulator.features('train', index, stream) for stream in simulator.modalities}
        for index in range(NUM_VIDEOS)
    ]
    counts = np.zeros((NUM_VIDEOS, NUM_CLASSES), dtype=np.int64)
    for index in range(NUM_VIDEOS):
        for label in simulator.record('train', index).labels:
            counts[index, simulator.settings.class_names.index(label)] += 1
    clusterer, rows = SpectralClusterer(), []
    for power in POWERS:
        pooling = VideoPooling(SalientWeights(power), centred=True)
        points = pooling.represent([pooling.pool(video) for video in videos])
        runs = [assign(clusterer, points, NUM_CLASSES, run) for run in range(4)]
        memberships = [np.eye(NUM_CLASSES, dtype=bool)[labels] for labels in runs]
        purity = float(np.mean([clustering_metrics(of, counts, 'primary')['purity'] for of in memberships]))
        widths = [x.shape[1] for x in videos[0].values()]
        found = measure_clusters(clusterer, points, runs[0], NUM_CLASSES, seed, widths)
        rows.append({'videos': name, 'seed': seed, 'power': power, 'purity': purity, **found})
        print(f'{name} {seed}: power {power:g}', *(f'{key} {found[key]:.3f}' for key in found), f'purity {purity:.3f}')
    return rows


if __name__ == '__main__':
    run_tool(main)
