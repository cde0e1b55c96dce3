"""``cluster_scale``: spectral clustering of few and of many videos: seconds, memory, agreement with the exact result.

Representations are simulated: two streams of length one around a centre for each cluster, as a video's are, float32.
``hard`` has six times as much noise as there is signal in a dimension: with the paper's sigma all affinities are within
a few hundredths then. Each way runs in a process of its own, so that its peak memory is known.
"""

from __future__ import annotations

import resource
import sys
import time
from contextlib import ExitStack
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
from numpy.typing import NDArray

from mmacl.utils import derive_seed

from .setting import Row, Setting, Tables

#: Standard deviation of the noise, in units of that of the centres.
NOISE = {'separable': 2.0, 'hard': 6.0}
WAYS = ('dense', 'exact', 'nystroem', 'neighbors')
#: Videos up to which a way is measured, unless it is asked for.
_AT_MOST = {'dense': 5000, 'exact': 25_000, 'nystroem': 1_000_000, 'neighbors': 25_000}
# Videos of which the exact clusters are compared where not all of them can be.
_SUBSET = 5000
_ROWS = 5000


def measure(setting: Setting, kinds: tuple[str, ...] = tuple(NOISE), ways: tuple[str, ...] = ()) -> Tables:
    """Measure the ways that suit the size of the data, or those that are named."""
    size = setting.size
    count, shape = size.train_videos, (size.num_clusters, size.width)
    chosen = ways or tuple(way for way in WAYS if count <= _AT_MOST[way])
    rows = [row for kind in kinds for row in _compare(kind, count, *shape, chosen, setting.device)]
    return {f'clustering {count:,} videos, {2 * size.width} wide, into {size.num_clusters} clusters': rows}


def simulate(kind: str, count: int, num_clusters: int, width: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Representations, (N, 2 D), and the cluster that each is from, (N,)."""
    rng = np.random.default_rng(derive_seed(34))
    truth = rng.integers(0, num_clusters, count)
    centres = rng.standard_normal((num_clusters, 2, width), dtype=np.float32)
    rows = np.empty((count, 2, width), dtype=np.float32)
    for start in range(0, count, _ROWS):
        part = rows[start : start + _ROWS]
        rng.standard_normal(part.shape, dtype=np.float32, out=part)
        part *= NOISE[kind]
        part += centres[truth[start : start + _ROWS]]
        part /= np.linalg.norm(part, axis=2, keepdims=True)
    return rows.reshape(count, -1), truth


def _compare(kind: str, count: int, num_clusters: int, width: int, ways: tuple[str, ...], device: str) -> list[Row]:
    from sklearn.metrics import adjusted_rand_score

    truth = simulate(kind, count, num_clusters, 1)[1]
    rows, exact = [], None
    for way in ways:
        labels, figures = _in_process(kind, way, count, num_clusters, width, device)
        if way in ('dense', 'exact') and exact is None:
            exact = labels
        row: Row = {'videos': kind, 'way': way, **figures, 'ARI to the truth': adjusted_rand_score(truth, labels)}
        row['ARI to the first exact way'] = None if exact is None else adjusted_rand_score(exact, labels)
        rows.append(row)
    if exact is None and count > _SUBSET:
        # The first videos alone, exactly: what the way gives them among all, and what it gives them alone.
        part = _in_process(kind, 'exact', count, num_clusters, width, device, _SUBSET)[0]
        for way, row in zip(ways, rows, strict=True):
            alone = _in_process(kind, way, count, num_clusters, width, device, _SUBSET)[0]
            row[f'ARI of {_SUBSET:,} alone to exact'] = adjusted_rand_score(part, alone)
            row[f'exact {_SUBSET:,} to the truth'] = adjusted_rand_score(truth[:_SUBSET], part)
    return rows


def _in_process(*arguments: Any) -> tuple[NDArray[np.int64], dict[str, float]]:
    with get_context('spawn').Pool(1) as pool:
        return pool.apply(run_way, arguments)


def run_way(
    kind: str, way: str, count: int, num_clusters: int, width: int, device: str, first: int | None = None
) -> tuple[NDArray[np.int64], dict[str, float]]:
    """Cluster once: labels, and seconds and gigabytes; ``first``: so many of the videos alone.

    ``dense`` is the LAPACK solver and scikit-learn's k-means, as for few videos.
    """
    from mmacl.clustering import SpectralClusterer

    # By its module: the package has a function of that name. Imported here, so that no way pays for it.
    clusters = import_module('mmacl.clustering.k_means')
    rows = simulate(kind, count, num_clusters, width)[0][:first]
    before = _peak()
    clusterer = SpectralClusterer(method='exact' if way == 'dense' else way, device=device)
    bounds = (('normalised_cut', '_DENSE'), ('k_means', '_TOGETHER')) if way == 'dense' else ()
    with ExitStack() as stack:
        for module, bound in bounds:
            stack.enter_context(mock.patch(f'mmacl.clustering.{module}.{bound}', sys.maxsize))
        clock, processor = time.perf_counter(), time.process_time()
        points = clusterer.points(rows, num_clusters)
        figures = {'eigenvectors s': time.perf_counter() - clock, 'processor s': time.process_time() - processor}
        labels = clusters.k_means(points, num_clusters, 0)
    figures['with k-means s'] = time.perf_counter() - clock
    figures['processor s with k-means'] = time.process_time() - processor
    return labels, {**figures, 'peak GB': _peak(), 'GB before': before}


def _peak() -> float:
    """Most memory so far, in gigabytes."""
    # Linux counts that of the process that started this one in ru_maxrss.
    status = Path('/proc/self/status')
    if status.exists():
        (line,) = (line for line in status.read_text().splitlines() if line.startswith('VmHWM:'))
        return int(line.split()[1]) * 1024 / 1e9
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e9 if sys.platform == 'darwin' else peak * 1024 / 1e9
