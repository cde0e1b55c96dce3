"""How many clusters there are."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from mmacl.clustering import KMeansClusterer, SpectralClusterer, choose_num_clusters, gaussian_affinity
from mmacl.clustering.num_clusters import default_candidates
from mmacl.utils import InputError


def groups(number, size=8, spread=0.1, seed=0):
    """Rows around the corners of a simplex."""
    rng = np.random.default_rng(seed)
    return np.concatenate([np.eye(number)[k] + spread * rng.normal(size=(size, number)) for k in range(number)])


@pytest.mark.parametrize('number', [3, 5, 7])
@pytest.mark.parametrize('clusterer', [SpectralClusterer(), KMeansClusterer()], ids=['spectral', 'k-means'])
def test_groups_that_are_far_apart_are_counted(number, clusterer):
    count = choose_num_clusters(groups(number), clusterer, range(2, number + 3))
    assert count.best == number
    assert (count.favourites['eigengap'], count.favourites['silhouette']) == (number, number)
    assert count.criteria['stability'][number - 2] == 1.0
    assert f'{number} clusters were chosen of 2 to {number + 2}' in count.reasons[0]
    assert len(count.reasons) == 4


def test_eigengaps_are_those_of_the_normalised_affinity():
    rows = groups(3, spread=0.4)
    affinity = gaussian_affinity(rows)
    degrees = affinity.sum(axis=1)
    values = np.linalg.eigvalsh([[a / np.sqrt(p * q) for a, q in zip(row, degrees, strict=True)]
                                 for row, p in zip(affinity, degrees, strict=True)])[::-1]  # fmt: skip
    count = choose_num_clusters(rows, SpectralClusterer(), [2, 3, 6])
    np.testing.assert_allclose(count.eigenvalues, values[:7], atol=1e-12)
    np.testing.assert_allclose(
        count.criteria['eigengap'], [values[1] - values[2], values[2] - values[3], values[5] - values[6]], atol=1e-12
    )


def test_silhouette_equals_its_definition_as_loops():
    rows, clusterer = groups(3, size=4, spread=0.5), KMeansClusterer()
    labels = clusterer.assign(rows, 3, 0)
    values = []
    for i, row in enumerate(rows):
        means = {
            c: [np.linalg.norm(row - rows[j]) for j in range(len(rows)) if labels[j] == c and j != i] for c in range(3)
        }
        own = means.pop(labels[i])
        if not own:
            values.append(0.0)
            continue
        inside, nearest = np.mean(own), min(np.mean(each) for each in means.values())
        values.append((nearest - inside) / max(inside, nearest))
    count = choose_num_clusters(rows, clusterer, [3])
    np.testing.assert_allclose(count.criteria['silhouette'], [np.mean(values)])


def test_stability_compares_every_pair_of_seeds():
    """A clusterer that ignores the data and draws by its seed agrees only by chance."""

    class Guess(KMeansClusterer):
        def assign(self, representations, num_clusters, seed):
            return np.random.default_rng(seed).integers(num_clusters, size=len(representations))

    rows = groups(4, size=20)
    assert abs(choose_num_clusters(rows, Guess(), [4]).criteria['stability'][0]) < 0.1
    assert choose_num_clusters(rows, KMeansClusterer(), [4]).criteria['stability'] == (1.0,)


def test_the_middle_one_of_three_opinions_is_taken():
    count = choose_num_clusters(groups(6, spread=0.6, seed=1), SpectralClusterer(), range(2, 10))
    assert count.best == sorted(count.favourites.values())[1]
    content = count.to_json()
    assert content['num_clusters'] == count.best
    assert all(len(values) == len(content['candidates']) for values in content['criteria'].values())


def test_doubts_are_said():
    noise = np.random.default_rng(0).normal(size=(30, 4))
    found = [choose_num_clusters(noise, SpectralClusterer(), range(2, last)) for last in (4, 9)]
    for count in found:
        text = ' '.join(count.reasons)
        assert ('end of the range' in text) == (count.best in (count.candidates[0], count.candidates[-1]))
        assert ('No two criteria agree' in text) == all(a != b for a, b in combinations(count.favourites.values(), 2))


@pytest.mark.parametrize(('videos', 'last'), [(4, 3), (12, 10), (48, 12), (141, 35), (4819, 50)])
def test_range_by_the_number_of_videos(videos, last):
    assert default_candidates(videos) == tuple(range(2, last + 1))


@pytest.mark.parametrize(('rows', 'tried'), [(3, None), (10, [1, 2]), (10, [10]), (10, [])])
def test_what_cannot_be_tried_is_refused(rows, tried):
    with pytest.raises(InputError, match='cannot choose among'):
        choose_num_clusters(np.random.default_rng(0).normal(size=(rows, 2)), SpectralClusterer(), tried)


def test_many_videos_are_drawn_from():
    rows = groups(3, size=250)
    assert choose_num_clusters(rows, KMeansClusterer(), [2, 3, 4], seeds=(0, 1)).num_videos == 600
