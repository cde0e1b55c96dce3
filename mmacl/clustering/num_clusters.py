"""How many clusters the videos have: three criteria over a range of C, and one rule that combines them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmacl.clustering.affinity import gaussian_affinity
from mmacl.clustering.base_clusterer import RepresentationClusterer
from mmacl.clustering.normalised_cut import normalise_affinity
from mmacl.utils import InputError, derive_seed

RULE = 'each criterion names the number at which it is highest; the middle one of the three is chosen'
CRITERIA = {
    'eigengap': 'gap after the C-th eigenvalue of the normalised affinity',
    'silhouette': 'mean silhouette of the videos',
    'stability': 'adjusted Rand index between clusterings of random 80 % of the videos',
}
"""Criteria by name, and what each one is."""

_SHARE = 0.8
_MOST_VIDEOS = 600


@dataclass(frozen=True)
class ClusterCount:
    """Which number of clusters was chosen, and why.

    Attributes:
        candidates: the numbers C that were tried, rising.
        criteria: value of each of :data:`CRITERIA` at each C; higher is better.
        best: the chosen number.
        num_videos: how many videos were looked at.
        eigenvalues: of the normalised affinity, falling, as many as the largest C and one.
    """

    candidates: tuple[int, ...]
    criteria: dict[str, tuple[float, ...]]
    best: int
    num_videos: int
    eigenvalues: tuple[float, ...]

    @property
    def favourites(self) -> dict[str, int]:
        """The number that each criterion alone would choose."""
        return {name: self.candidates[highest(values)] for name, values in self.criteria.items()}

    @property
    def reasons(self) -> list[str]:
        """Say in sentences what was chosen and why, and what speaks against it."""
        place = self.candidates.index(self.best)
        lines = [f'{self.best} clusters were chosen of {self.candidates[0]} to {self.candidates[-1]}: {RULE}.']
        for name, values in self.criteria.items():
            lines.append(
                f'{name}: {values[place]:.3f} at {self.best}; alone it would choose {self.favourites[name]} '
                f'({max(values):.3f}).'
            )
        if len(set(self.favourites.values())) == len(self.favourites):
            lines.append('No two criteria agree: take the number as a guess, and try others.')
        if self.best in (self.candidates[0], self.candidates[-1]) and len(self.candidates) > 1:
            lines.append('It is at the end of the range that was tried, so the true number may lie outside.')
        return lines

    def to_json(self) -> dict[str, Any]:
        """Convert to plain values."""
        return {
            'num_clusters': self.best,
            'rule': RULE,
            'reasons': self.reasons,
            'favourites': self.favourites,
            'videos': self.num_videos,
            'candidates': list(self.candidates),
            'criteria': {name: list(values) for name, values in self.criteria.items()},
            'eigenvalues': list(self.eigenvalues),
        }


def highest(values: Sequence[float]) -> int:
    """Place of the highest value; of equals the last one, since groups that are far apart can be joined as well.

    Differences of rounding do not count.
    """
    return len(values) - 1 - int(np.argmax(np.round(values, 9)[::-1]))


def default_candidates(num_videos: int) -> tuple[int, ...]:
    """Numbers to try: from 2 to a quarter of the videos, but at least to 10 and at most to 50."""
    return tuple(range(2, min(max(10, min(num_videos // 4, 50)), num_videos - 1) + 1))


def choose_num_clusters(
    representations: NDArray[np.floating],
    clusterer: RepresentationClusterer,
    candidates: Iterable[int] | None = None,
    seeds: Sequence[int] = (0, 1, 2, 3, 4),
    sigma: float | str | None = None,
) -> ClusterCount:
    """Choose a number of clusters by eigengap, silhouette and stability.

    - Eigengap: ``lambda_C - lambda_(C + 1)`` of ``D^(-1/2) W D^(-1/2)``.
    - Silhouette (Rousseeuw 1987), with the distances of the clusterer and its labels under the first seed.
    - Stability: each seed draws 80 % of the videos and clusters them; the mean over pairs of seeds of the adjusted
      Rand index on the videos that both drew.

    Of more than 600 videos, 600 are drawn.

    Args:
        representations: (N, D), one row a video.
        clusterer: assigns videos to C clusters.
        candidates: numbers to try; None: :func:`default_candidates`.
        seeds: of the draws; at least two.
        sigma: see :func:`~mmacl.clustering.gaussian_affinity`.

    Raises:
        InputError: there are too few videos, or a number cannot be tried.
    """
    rows = np.asarray(representations, dtype=np.float64)
    if len(rows) > _MOST_VIDEOS:
        drawn = np.random.default_rng(derive_seed(seeds[0], len(rows))).permutation(len(rows))[:_MOST_VIDEOS]
        rows = rows[np.sort(drawn)]
    tried = tuple(sorted(set(default_candidates(len(rows)) if candidates is None else candidates)))
    smallest = int(_SHARE * len(rows))
    if len(rows) < 4 or not tried or tried[0] < 2 or tried[-1] >= len(rows):
        raise InputError(
            f'cannot choose among {", ".join(map(str, tried)) or "no number"} of clusters for {len(rows)} videos',
            remedy='state the number of actions, add videos, or try numbers from 2 to less than the videos',
        )
    values = _eigenvalues(gaussian_affinity(rows, sigma), tried[-1] + 1)
    labels = {number: clusterer.assign(rows, number, seeds[0]) for number in tried}
    distances = clusterer.distances(rows)
    np.fill_diagonal(distances, 0.0)
    drawn_by = {seed: np.random.default_rng(derive_seed(seed, 0)).permutation(len(rows))[:smallest] for seed in seeds}
    criteria = {
        'eigengap': tuple(float(values[number - 1] - values[number]) for number in tried),
        'silhouette': tuple(_silhouette(distances, labels[number]) for number in tried),
        'stability': tuple(_stability(rows, clusterer, number, drawn_by) for number in tried),
    }
    favourites = sorted(tried[highest(each)] for each in criteria.values())
    return ClusterCount(tried, criteria, favourites[1], len(rows), tuple(values.tolist()))


def _eigenvalues(affinity: NDArray[np.float64], number: int) -> NDArray[np.float64]:
    """The largest eigenvalues of ``D^(-1/2) W D^(-1/2)``, falling."""
    from scipy.linalg import eigh

    normalised, _ = normalise_affinity(affinity)
    wanted = (max(len(affinity) - number, 0), len(affinity) - 1)
    return np.asarray(eigh(normalised, eigvals_only=True, subset_by_index=wanted)[::-1])


def _silhouette(distances: NDArray[np.float64], labels: NDArray[np.int64]) -> float:
    """Mean silhouette; -1 where it is not defined: one cluster, or as many as videos."""
    from sklearn.metrics import silhouette_score

    if not 1 < len(np.unique(labels)) < len(labels):
        return -1.0
    return float(silhouette_score(distances, labels, metric='precomputed'))


def _stability(
    rows: NDArray[np.float64], clusterer: RepresentationClusterer, number: int, drawn_by: dict[int, NDArray[np.int64]]
) -> float:
    from sklearn.metrics import adjusted_rand_score

    found = []
    for seed, drawn in drawn_by.items():
        labels = np.full(len(rows), -1)
        if number < len(drawn):
            labels[drawn] = clusterer.assign(rows[drawn], number, seed)
        found.append(labels)
    shared = [(one[both], two[both]) for one, two in combinations(found, 2) if (both := (one >= 0) & (two >= 0)).any()]
    return float(np.mean([adjusted_rand_score(one, two) for one, two in shared])) if shared else 0.0
