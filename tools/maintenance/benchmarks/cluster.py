"""``cluster``: the spectral clusterer beside scikit-learn's on the same affinity, on separable and on hard videos.

Representations are simulated: one centre a cluster and noise around it, as wide as a video's. ``hard`` has so much
noise that no method finds the clusters; there the agreement of both shows how far rounding decides.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mmacl.utils import derive_seed

from .setting import Row, Setting, Size, Tables
from .timing import time_in_turns

#: Standard deviation of the noise, in units of that of the centres.
_NOISE = {'separable': 1.0, 'hard': 12.0}


def measure(setting: Setting) -> Tables:
    """Time both clusterers on both kinds of videos, at most 5,000 of them."""
    size = setting.size
    count = min(size.train_videos, 5000)
    rows = [row for kind in _NOISE for row in compare(kind, size, count, setting)]
    return {f'clustering {count:,} videos, {2 * size.width} wide, into {size.num_clusters} clusters': rows}


def simulate(kind: str, size: Size, count: int) -> tuple[Any, Any]:
    """Representations, (N, 2 D), and the cluster that each is from."""
    rng = np.random.default_rng(derive_seed(33))
    truth = np.arange(count) % size.num_clusters
    centres = rng.standard_normal((size.num_clusters, 2 * size.width))
    return centres[truth] + _NOISE[kind] * rng.standard_normal((count, 2 * size.width)), truth


def compare(kind: str, size: Size, count: int, setting: Setting) -> list[Row]:
    """A row for each way."""
    from sklearn.cluster import SpectralClustering
    from sklearn.metrics import adjusted_rand_score

    from mmacl.clustering import SpectralClusterer
    from mmacl.clustering.affinity import gaussian_affinity

    rows, truth = simulate(kind, size, count)
    clusters = size.num_clusters
    clusterer = SpectralClusterer()
    sklearn = SpectralClustering(clusters, affinity='precomputed', random_state=0)
    labels: dict[str, Any] = {}
    affinity = gaussian_affinity(rows, 'paper')
    ways = {
        'mmacl': lambda: labels.update(mmacl=clusterer.assign(rows, clusters, 0)),
        'affinity alone': lambda: gaussian_affinity(rows, 'paper'),
        'scikit-learn, given the affinity': lambda: labels.update(sklearn=sklearn.fit(affinity).labels_),
    }
    times = time_in_turns(ways, setting.times(1, 3))
    ours, alone, theirs = times.values()
    given = {'mmacl': labels['mmacl'], 'scikit-learn with the affinity': labels['sklearn']}
    total = {'mmacl': (ours.median, ours.processor_median)}
    total['scikit-learn with the affinity'] = (
        theirs.median + alone.median,
        theirs.processor_median + alone.processor_median,
    )
    base = total['scikit-learn with the affinity'][0]
    return [
        {
            'videos': kind,
            'way': way,
            's': total[way][0],
            'processor s': total[way][1],
            'of which affinity s': alone.median,
            'ratio': base / total[way][0],
            'ARI to the truth': adjusted_rand_score(truth, given[way]),
            'ARI to mmacl': adjusted_rand_score(given['mmacl'], given[way]),
        }
        for way in total
    ]
