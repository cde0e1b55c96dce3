"""Cluster the training videos of a config, without training, and measure the clusters.

By default with uniform attention, which is the clustering of the first round. With a checkpoint of the end of a round,
with the attention of its model: the clustering of the next round. With --ground-truth-attention, with attention on
annotated action alone: no method, but the ceiling that better attention could reach.

Examples:
    python tools/analysis_tools/cluster_features.py configs/acl/acl_synthetic_us.py
    python tools/analysis_tools/cluster_features.py configs/acl/acl_synthetic_us.py --ground-truth-attention
    python tools/analysis_tools/cluster_features.py CONFIG --checkpoint CKPT --json figures.json
"""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np
from mmengine.registry import DefaultScope
from numpy.typing import NDArray

from mmacl.apis.init_model import init_model
from mmacl.cli import add_config_arguments, seed
from mmacl.clustering import video_representation
from mmacl.config import load_config
from mmacl.datasets import UntrimmedVideoDataset
from mmacl.engine import load_checkpoint_safely, represent_videos
from mmacl.engine.round_tables import clustering_table
from mmacl.evaluation.functional import clustering_metrics, snippets_in_action
from mmacl.registry import CLUSTERERS, DATASETS, MODELS
from mmacl.utils import InputError, derive_seed, write_json_atomically


def parse_args() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_config_arguments(parser)
    attention = parser.add_mutually_exclusive_group()
    attention.add_argument('--checkpoint', help='use the attention of this model')
    attention.add_argument(
        '--ground-truth-attention', action='store_true', help='use annotated action snippets: the ceiling'
    )
    parser.add_argument('--seed', type=seed, help='seed of the clusterer (default: the config)')
    parser.add_argument('--labels', metavar='F.json', help='write the table of labels, which PrecomputedLabels reads')
    parser.add_argument('--json', metavar='F.json', help='write the figures as one JSON object')
    return parser.parse_args()


def ground_truth_representations(dataset: UntrimmedVideoDataset) -> NDArray[np.float64]:
    """Representations whose attention is uniform over the snippets whose centre lies in an annotated action.

    A video without one falls back to uniform attention.
    """
    rows = []
    for index in range(len(dataset)):
        features, timing = dataset.load_features(index), dataset.timing(index)
        record, length = dataset.record(index), len(next(iter(features.values())))
        segments = np.zeros((0, 2)) if record is None else record.segments
        inside = snippets_in_action(length, timing.snippet_duration, timing.offset, segments)
        weights = inside / inside.sum() if inside.any() else np.full(length, 1 / length)
        rows.append(video_representation(features, dict.fromkeys(features, weights)))
    return np.stack(rows)


def next_round(checkpoint: str, epochs_per_round: int) -> int:
    """The round that a model's attention is clustered for, from 1."""
    epoch: int = load_checkpoint_safely(checkpoint)['meta']['epoch']
    return epoch // epochs_per_round + 1


def main() -> None:
    """Cluster and measure."""
    args = parse_args()
    config = load_config(args.config, args.cfg_options, args.plugin)
    run_seed = config.randomness.seed if args.seed is None else args.seed
    round_ = 1
    with DefaultScope.overwrite_default_scope('mmacl'):
        dataset: UntrimmedVideoDataset = DATASETS.build(config.train_dataloader.dataset)
        dataset.check_files()
        clusterer = CLUSTERERS.build(config.default_hooks.clustering.clusterer)
        if clusterer.uses_annotations:
            raise InputError(
                'labels are the annotations, so nothing is clustered', file=args.config, remedy='use a config *_us.py'
            )
        if args.ground_truth_attention:
            if dataset.action_counts() is None:
                raise InputError(
                    'the data set has no annotations', file='--ground-truth-attention', remedy='leave the option out'
                )
            attention, representations = 'ground truth', ground_truth_representations(dataset)
        elif args.checkpoint:
            model = init_model(config, args.checkpoint)
            round_ = next_round(args.checkpoint, config.train_cfg.epochs_per_round)
            attention, representations = args.checkpoint, represent_videos(model, dataset)
        else:
            attention = 'uniform'
            representations = represent_videos(MODELS.build(config.model), dataset, uniform=True)
    counts = dataset.action_counts()
    labels = clusterer(
        dataset.video_names,
        config.model.num_clusters,
        derive_seed(run_seed, round_),
        representations=representations,
    )
    simulated = bool(dataset.metainfo.get('simulated', False))
    figures: dict[str, Any] = {'attention': attention, 'videos': len(dataset), 'simulated': simulated}
    sizes = labels.memberships.sum(axis=0)
    print(
        f'{len(dataset)} videos, {labels.num_clusters} clusters of {sizes.min()} to {sizes.max()}; {attention} '
        f'attention'
    )
    if counts is None:
        print('no annotations: the clusters cannot be measured')
    else:
        metrics = clustering_metrics(labels.aligned_to(dataset.video_names), counts)
        figures.update(metrics)
        row = {'round': round_, **{f'cluster/{name}': value for name, value in metrics.items()}}
        print(clustering_table([row], f'Clustering, {attention} attention', simulated))
    if args.labels:
        labels.save(args.labels)
    if args.json:
        write_json_atomically(args.json, figures)
