"""Figures of a round that need no labels: of its clusters, and of the weights of the snippets behind them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr

from mmacl.clustering import BaseClusterer, VideoPooling, half_share, measure_clusters, sample
from mmacl.engine.represent import attend, of_streams
from mmacl.engine.round_tables import DIAGNOSTICS_PREFIX
from mmacl.models import BaseLocalizer
from mmacl.structures import PseudoLabels
from mmacl.utils import derive_seed

_WEIGHED_VIDEOS = 50


def diagnose(
    model: BaseLocalizer,
    dataset: Any,
    clusterer: BaseClusterer,
    pooling: VideoPooling | None,
    labels: PseudoLabels,
    last: PseudoLabels | None,
    representations: NDArray[np.float64],
    seed: int,
) -> dict[str, float]:
    """Measure the start of a round without labels; draws from no generator of the training.

    Of :func:`measure_clusters` all figures, and two of the weights of the snippets in up to 50 videos: ``half_share``,
    mean :func:`half_share`; ``attention``, Spearman's correlation of the weights of two streams over time, the mean of
    all pairs and videos. Uniform weights, and streams with the same weights, have no correlation.

    Args:
        model: the localizer of the last round, not wrapped; unused in the first round.
        dataset: the training videos.
        clusterer: what made the labels.
        pooling: what chose the weights, if it was not the method itself.
        labels: of this round.
        last: of the last round; None in the first.
        representations: (N, D), in the order of the dataset.
        seed: of all random choices here.

    Returns:
        Figures by name, with :data:`DIAGNOSTICS_PREFIX`.
    """
    names = dataset.video_names
    before = None if last is None else last.aligned_to(names).argmax(axis=1)
    own = labels.aligned_to(names).argmax(axis=1)
    widths = tuple(model.in_channels.values())
    found = measure_clusters(clusterer, representations, own, labels.num_clusters, seed, widths, before)
    if last is not None or pooling is not None:
        found |= _measure_weights(model, dataset, pooling, first=last is None, seed=derive_seed(seed, 1))
    return {DIAGNOSTICS_PREFIX + name: value for name, value in found.items()}


def _measure_weights(
    model: BaseLocalizer, dataset: Any, pooling: VideoPooling | None, first: bool, seed: int
) -> dict[str, float]:
    """Measure the weights of the snippets in a sample of videos."""
    was_training = model.training
    model.eval()
    halves, correlations = [], []
    for index in sample(len(dataset), seed, _WEIGHED_VIDEOS).tolist():
        features = of_streams(dataset.load_features(index), model)
        attention = None if first else attend(model, features)
        if pooling is not None:
            weights = list(pooling.weigh(features, attention)[pooling.chosen].values())
        else:
            weights = list((attention or {}).values())
        halves += [half_share(w) for w in weights]
        correlations += [_correlation(a, b) for i, a in enumerate(weights) for b in weights[i + 1 :] if _vary(a, b)]
    model.train(was_training)
    found = {'half_share': float(np.mean(halves))}
    if correlations:
        found['attention'] = float(np.mean(correlations))
    return found


def _vary(first: NDArray[np.float64], second: NDArray[np.float64]) -> bool:
    """Say whether a correlation says anything: the weights are of two sources, and neither is constant."""
    return bool(not np.array_equal(first, second) and np.ptp(first) > 0 and np.ptp(second) > 0)


def _correlation(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    return float(spearmanr(first, second).statistic)
