"""Cluster the training videos of a config, without training, and measure the clusters.

By default attention is uniform, as in the first round. With a checkpoint from the end of a round, it is the attention
of that model, as in the next round. With --ground-truth-attention it is uniform over annotated action: no method, but
the ceiling that better attention could reach.

Examples:
    python tools/analysis_tools/cluster_features.py configs/acl/acl_synthetic_us.py
    python tools/analysis_tools/cluster_features.py configs/acl/acl_synthetic_us.py --ground-truth-attention
    python tools/analysis_tools/cluster_features.py CONFIG --checkpoint CKPT --json figures.json
"""

from __future__ import annotations

import argparse
from typing import Any

from mmacl.cli import add_config_arguments, seed
from mmacl.utils import InputError, check_can_write, derive_seed, write_json_atomically


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


def main() -> None:
    """Cluster and measure."""
    args = parse_args()
    for option, file in (('--labels', args.labels), ('--json', args.json)):
        if file:
            check_can_write(file, option)

    from mmacl.config import load_config

    config = load_config(args.config, args.cfg_options, args.plugin)

    from mmengine.registry import DefaultScope

    from mmacl.apis import init_model
    from mmacl.engine import load_checkpoint_safely, represent_videos
    from mmacl.engine.config_faults import report_config_faults
    from mmacl.engine.represent import represent_actions
    from mmacl.engine.round_tables import clustering_table, describe_empty_clusters
    from mmacl.evaluation.functional import chance_metrics, clustering_metrics
    from mmacl.registry import CLUSTERERS, DATASETS, MODELS

    run_seed = config.randomness.seed if args.seed is None else args.seed
    round_ = 1
    with DefaultScope.overwrite_default_scope('mmacl'), report_config_faults(config):
        dataset = DATASETS.build(config.train_dataloader.dataset)
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
            attention, representations = 'ground truth', represent_actions(dataset)
        elif args.checkpoint:
            model = init_model(config, args.checkpoint)
            # The next round clusters by the attention of this model.
            epoch: int = load_checkpoint_safely(args.checkpoint)['meta']['epoch']
            round_ = epoch // config.train_cfg.epochs_per_round + 1
            attention, representations = args.checkpoint, represent_videos(model, dataset)
        else:
            attention = 'uniform'
            representations = represent_videos(MODELS.build(config.model), dataset, uniform=True)
    counts = dataset.action_counts()
    labels = clusterer(
        dataset.video_names, config.model.num_clusters, derive_seed(run_seed, round_), representations=representations
    )
    simulated = bool(dataset.metainfo.get('simulated', False))
    figures: dict[str, Any] = {'attention': attention, 'videos': len(dataset), 'simulated': simulated}
    sizes = labels.memberships.sum(axis=0)
    spread = f'{labels.num_clusters} clusters of {sizes.min()} to {sizes.max()}'
    print(f'{len(dataset)} videos, {spread}; {attention} attention')
    if labels.empty_clusters:
        figures['empty_clusters'] = labels.empty_clusters
        print(describe_empty_clusters(labels.empty_clusters))
    if counts is None:
        print('no annotations: the clusters cannot be measured')
    else:
        metrics = clustering_metrics(labels.aligned_to(dataset.video_names), counts)
        chance = chance_metrics(labels.aligned_to(dataset.video_names), counts)
        figures.update(metrics, chance=chance)
        row = {'round': round_, **{f'cluster/{name}': value for name, value in metrics.items()}}
        row |= {f'chance/{name}': value for name, value in chance.items()}
        print(clustering_table([row], f'Clustering, {attention} attention', simulated))
    if args.labels:
        labels.save(args.labels)
    if args.json:
        write_json_atomically(args.json, figures)
