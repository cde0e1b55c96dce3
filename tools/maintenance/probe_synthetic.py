"""Probe the difficulty of the simulated videos without any method.

The generator was calibrated on these probes alone, and then frozen. Each seed draws a data set (200 training and 200
test videos, 20 classes) and measures:

  round-1 purity            spectral clustering of the training videos with uniform attention: the start of round 1
  perfect-attention purity  the same with attention on the snippets of true actions: the limit of perfect rounds
  foreground AUC            a linear probe that tells action from background, one snippet at a time
  gain from context         accuracy of a linear probe for the class of an action snippet that also sees 3 snippets on
                            either side, minus the accuracy of one that sees the snippet alone

Linear probes (logistic regression on principal components) train on training snippets and are scored on test snippets.
A purity is the mean over 5 starts of k-means. A target is met if every seed meets it. A second table compares the
timelines with those of THUMOS14; videos are shorter by default, --full-length restores their length.

Exit code: 0 all targets are met, 1 a target is missed, 2 a mistake in the arguments.

Examples:
    python tools/maintenance/probe_synthetic.py
    python tools/maintenance/probe_synthetic.py --seeds 0 --full-length
    python tools/maintenance/probe_synthetic.py --feature-dim 1024 --json probes.json
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from math import inf
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mmacl.cli import run_tool
from mmacl.datasets.simulation import GENERATOR_VERSION, THUMOS14_STATISTICS, timeline_statistics
from mmacl.utils import check_can_write, write_json_atomically
from mmacl.utils.tables import draw_table

if TYPE_CHECKING:
    from mmacl.datasets import SyntheticActions

Floats = NDArray[np.floating[Any]]

# Probe -> smallest and largest accepted value, both inclusive.
TARGETS: dict[str, tuple[float, float]] = {
    'round-1 purity': (0.60, 0.75),
    'perfect-attention purity': (0.90, 1.0),
    'foreground AUC': (0.75, 0.88),
    'gain from context': (0.05, inf),
}
_CONTEXT = 3
_COMPONENTS = 64
_CLUSTERER_SEEDS = range(5)


class Snippets(NamedTuple):
    """Snippets of a subset: ``features`` (T, D) of each video, and ``labels`` (T,) of each, -1 for background."""

    features: list[Floats]
    labels: list[NDArray[np.int64]]


def snippet_labels(dataset: SyntheticActions, index: int) -> NDArray[np.int64]:
    """Return the class at the centre of each snippet, (T,), -1 for background; of two labels the special one counts."""
    record, timing = dataset.record(index), dataset.timing(index)
    labels = np.full(dataset.num_snippets(index), -1, dtype=np.int64)
    if record is None:
        return labels
    centres = timing.to_seconds(np.arange(len(labels)) + 0.5)
    classes = dataset.metainfo['classes']
    # The special label comes first in a record, so it is written last.
    for (start, end), name in reversed(list(zip(record.segments, record.labels, strict=True))):
        labels[(centres >= start) & (centres < end)] = classes.index(name)
    return labels


def clustering_probe(dataset: SyntheticActions, modalities: Sequence[str], perfect: bool) -> dict[str, float]:
    """Return purity, NMI and ARI of spectral clustering with uniform or perfect attention, as means over starts."""
    from mmacl.clustering import SpectralClusterer, video_representation
    from mmacl.evaluation import clustering_metrics

    rows = []
    for index in range(len(dataset)):
        features = {modality: dataset.load_features(index)[modality] for modality in modalities}
        action = (snippet_labels(dataset, index) >= 0).astype(np.float64)
        # Instances between the centres of snippets leave no snippet to attend to.
        attention = {modality: action / action.sum() for modality in modalities} if perfect and action.any() else None
        rows.append(video_representation(features, attention))
    counts = dataset.action_counts()
    if counts is None:
        return {}
    num_classes = len(dataset.metainfo['classes'])
    scores = [
        clustering_metrics(
            SpectralClusterer()(dataset.video_names, num_classes, seed, np.stack(rows)).memberships, counts
        )
        for seed in _CLUSTERER_SEEDS
    ]
    return {key: float(np.mean([score[key] for score in scores])) for key in scores[0]}


def principal_components(train: list[Floats], test: list[Floats]) -> tuple[list[Floats], list[Floats]]:
    """Standardise features and project them on principal components, both of the training snippets."""
    snippets = np.concatenate(train)
    mean, spread = snippets.mean(axis=0), snippets.std(axis=0) + 1e-6
    snippets = (snippets - mean) / spread
    _, axes = np.linalg.eigh(snippets.T @ snippets / len(snippets))
    axes = axes[:, ::-1][:, :_COMPONENTS]
    return [(x - mean) / spread @ axes for x in train], [(x - mean) / spread @ axes for x in test]


def with_context(features: Floats, reach: int) -> Floats:
    """Concatenate each snippet with its neighbours, (T, (2 reach + 1) D); repeat the first and the last at the ends."""
    padded = np.pad(features, ((reach, reach), (0, 0)), mode='edge')
    return np.concatenate([padded[shift : shift + len(features)] for shift in range(2 * reach + 1)], axis=1)


def foreground_auc(train: Snippets, test: Snippets, reach: int) -> float:
    """Return the AUC of a linear probe for action against background."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score

    inputs = [np.concatenate([with_context(x, reach) for x in part.features]) for part in (train, test)]
    truth = [np.concatenate(part.labels) >= 0 for part in (train, test)]
    probe = LogisticRegression(C=0.01, max_iter=200).fit(inputs[0], truth[0])
    return float(roc_auc_score(truth[1], probe.decision_function(inputs[1])))


def class_accuracy(train: Snippets, test: Snippets, reach: int) -> float:
    """Return the accuracy of a linear probe for the class of action snippets."""
    from sklearn.linear_model import LogisticRegression

    inputs, truth = [], []
    for part in (train, test):
        labels = np.concatenate(part.labels)
        inputs.append(np.concatenate([with_context(x, reach) for x in part.features])[labels >= 0])
        truth.append(labels[labels >= 0])
    mean, spread = inputs[0].mean(axis=0), inputs[0].std(axis=0) + 1e-6
    probe = LogisticRegression(C=0.01, max_iter=100).fit((inputs[0] - mean) / spread, truth[0])
    return float(probe.score((inputs[1] - mean) / spread, truth[1]))


def snippet_probes(train: SyntheticActions, test: SyntheticActions, modalities: Sequence[str]) -> dict[str, float]:
    """Run the linear probes on snippets of some streams, concatenated."""
    raw = [
        [np.concatenate([part.load_features(i)[m] for m in modalities], axis=1) for i in range(len(part))]
        for part in (train, test)
    ]
    features = principal_components(*raw)
    learn, score = (
        Snippets(inputs, [snippet_labels(part, i) for i in range(len(part))])
        for inputs, part in zip(features, (train, test), strict=True)
    )
    scores = {'foreground AUC': foreground_auc(learn, score, 0), 'class accuracy': class_accuracy(learn, score, 0)}
    if len(modalities) > 1:
        scores['foreground AUC with context'] = foreground_auc(learn, score, _CONTEXT)
        scores['class accuracy with context'] = class_accuracy(learn, score, _CONTEXT)
        scores['gain from context'] = scores['class accuracy with context'] - scores['class accuracy']
    return scores


def probe(seed: int, **settings: Any) -> tuple[dict[str, float], dict[str, float]]:
    """Run all probes of a seed; return them and the statistics of its training timelines.

    Args:
        seed: of the data set.
        **settings: further arguments of :class:`SyntheticActions`, for both subsets.
    """
    from mmacl.datasets import SyntheticActions

    train = SyntheticActions(subset='train', seed=seed, **settings)
    test = SyntheticActions(subset='test', seed=seed, test_mode=True, **settings)
    scores: dict[str, float] = {}
    for modalities in (train.modalities, *((modality,) for modality in train.modalities)):
        suffix = '' if len(modalities) > 1 else f', {modalities[0]} alone'
        for name, perfect in (('round-1', False), ('perfect-attention', True)):
            for key, value in clustering_probe(train, modalities, perfect).items():
                if key == 'purity' or not suffix:
                    scores[f'{name} {key if key == "purity" else key.upper()}{suffix}'] = value
        scores |= {key + suffix: value for key, value in snippet_probes(train, test, modalities).items()}
    records = [record for record in map(train.record, range(len(train))) if record is not None]
    return scores, timeline_statistics(records)


def is_met(name: str, values: Sequence[float]) -> bool:
    """Whether the value of every seed meets the target."""
    low, high = TARGETS[name]
    return all(low <= value <= high for value in values)


def target_text(name: str) -> str:
    """Format a target."""
    if name not in TARGETS:
        return ''
    low, high = TARGETS[name]
    return f'at least {low:.2f}' if high >= 1 else f'{low:.2f} to {high:.2f}'


def probe_table(scores: dict[str, list[float]], seeds: Sequence[int], title: str) -> str:
    """Draw the table of probes: targets first, then the other measures."""
    rows = [['probe', 'target', 'met', 'mean', *(f'seed {seed}' for seed in seeds)]]
    for name in sorted(scores, key=lambda name: name not in TARGETS):
        met = '' if name not in TARGETS else 'yes' if is_met(name, scores[name]) else 'NO'
        values = [f'{value:.3f}' for value in (np.mean(scores[name]), *scores[name])]
        rows.append([name, target_text(name), met, *values])
    return draw_table(rows, title, first_numbers=1)


def timeline_table(statistics: dict[str, float], title: str) -> str:
    """Draw the table of simulated timelines beside THUMOS14's."""
    rows = [['training videos', 'simulated', 'THUMOS14']]
    rows += [[name, f'{value:.2f}', f'{THUMOS14_STATISTICS[name]:.2f}'] for name, value in statistics.items()]
    return draw_table(rows, title, first_numbers=1)


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--seeds', type=int, nargs='+', default=[0, 1, 2, 3, 4], help='data sets (default: 0 to 4)')
    parser.add_argument('--feature-dim', type=int, default=128, metavar='D', help='width of each stream (default: 128)')
    parser.add_argument('--full-length', action='store_true', help='durations as in THUMOS14')
    parser.add_argument('--json', metavar='F', help='write all values as one JSON object')
    return parser.parse_args()


def main() -> None:
    """Probe each seed and print two tables and whether the targets are met."""
    args = parse_args()
    from threadpoolctl import threadpool_limits

    if args.json:
        check_can_write(args.json, '--json')
    with threadpool_limits(1):  # the same sums with any number of cores
        results = [probe(seed, feature_dim=args.feature_dim, full_length=args.full_length) for seed in args.seeds]
    scores = {name: [result[0][name] for result in results] for name in results[0][0]}
    statistics = {name: float(np.mean([result[1][name] for result in results])) for name in results[0][1]}
    missed = [name for name in TARGETS if not is_met(name, scores[name])]
    length = 'full length' if args.full_length else 'shortened'
    form = f'{GENERATOR_VERSION}, simulated, D = {args.feature_dim}, {length}'
    print(probe_table(scores, args.seeds, f'{form}: probes without a method'))
    print(timeline_table(statistics, f'{form}: timelines, mean over seeds'))
    print(f'targets missed: {", ".join(missed)}' if missed else 'all targets are met, by every seed')
    if args.json:
        targets = {
            name: {'least': low, 'most': min(high, 1.0), 'met': name not in missed, 'values': scores[name]}
            for name, (low, high) in TARGETS.items()
        }
        described = {'generator': GENERATOR_VERSION, 'simulated': True, 'feature_dim': args.feature_dim}
        described |= {'full_length': args.full_length, 'seeds': args.seeds, 'targets': targets}
        write_json_atomically(args.json, {**described, 'probes': scores, 'timelines': statistics})
    sys.exit(1 if missed else 0)


if __name__ == '__main__':
    run_tool(main)
