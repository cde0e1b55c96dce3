from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from mmacl.clustering import KMeansClusterer, half_share, measure_clusters, sample, stability
from mmacl.clustering.diagnostics import assign
from mmacl.utils import derive_seed

RNG = np.random.default_rng(3)
CENTRES = 10 * np.eye(4)
GROUPS = np.repeat(np.arange(4), 10)
CLEAR = np.concatenate([CENTRES[GROUPS], CENTRES[GROUPS]], axis=1) + 0.1 * RNG.normal(size=(40, 8))
NOISE = RNG.normal(size=(40, 8))
CLUSTERER = KMeansClusterer()


def test_clear_clusters_are_stable_and_noise_is_not():
    assert stability(CLUSTERER, CLEAR, 4, seed=0) == 1
    assert stability(CLUSTERER, NOISE, 4, seed=0) < 0.7


def test_stability_as_loops():
    runs = []
    for run in (1, 2, 3):
        part = sample(40, derive_seed(5, run), 32)
        labels = assign(CLUSTERER, NOISE[part], 4, derive_seed(5, run))
        runs.append(dict(zip(part.tolist(), labels.tolist(), strict=True)))
    expected = []
    for a, b in combinations(runs, 2):
        both = sorted(a.keys() & b.keys())
        expected.append(adjusted_rand_score([a[i] for i in both], [b[i] for i in both]))
    assert stability(CLUSTERER, NOISE, 4, seed=5, num_runs=3) == pytest.approx(np.mean(expected))


def test_figures_of_a_clustering():
    found = measure_clusters(CLUSTERER, CLEAR, GROUPS, 4, seed=0, widths=(4, 4), last=GROUPS[::-1])
    assert found['stability'] == found['streams'] == 1
    assert found['silhouette'] > 0.9
    assert found['last_round'] == 1  # the same groups by other numbers
    broken = np.concatenate([CLEAR[:, :4], NOISE[:, 4:]], axis=1)
    assert measure_clusters(CLUSTERER, broken, GROUPS, 4, seed=0, widths=(4, 4))['streams'] < 0.5


def test_what_cannot_be_measured_is_left_out():
    assert set(measure_clusters(CLUSTERER, NOISE, np.zeros(40, int), 4, seed=0)) == {'stability'}
    # Four fifths of the videos are no more than the clusters.
    assert stability(CLUSTERER, NOISE[:5], 4, seed=0) == 1


def test_more_videos_are_sampled(monkeypatch):
    sizes = []

    def counted(clusterer, rows, num_clusters, seed):
        sizes.append(len(rows))
        return assign(clusterer, rows, num_clusters, seed)

    monkeypatch.setattr('mmacl.clustering.diagnostics.assign', counted)
    measure_clusters(CLUSTERER, NOISE, GROUPS, 4, seed=0, widths=(4, 4), max_videos=20)
    assert sizes == [16] * 6 + [20] * 2


@pytest.mark.parametrize(
    ('weights', 'share'), [([1, 1, 1, 1], 0.5), ([0, 5, 0, 0], 0.25), ([1, 1, 1, 4, 1], 0.2), ([0.1] * 30, 0.5)]
)
def test_half_share(weights, share):
    assert half_share(np.array(weights)) == share
