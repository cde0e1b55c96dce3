"""The graph of neighbours as edges, against the whole matrix."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from scipy.linalg import subspace_angles

from mmacl.clustering import NeighborClusterer, neighbor_affinity, neighbor_graph, normalised_cut, spectral_embedding
from mmacl.clustering.neighbor_graph import graph_embedding, join_neighbors, nearest_neighbors
from mmacl.utils import InputError


def groups(num_videos=240, num_groups=4, spread=0.15):
    rng = np.random.default_rng(0)
    truth = np.arange(num_videos) % num_groups
    return np.eye(num_groups, 12)[truth] + spread * rng.normal(size=(num_videos, 12)), truth


def test_edges_are_those_of_the_matrix(monkeypatch):
    rows, _ = groups()
    monkeypatch.setattr(neighbor_graph, '_BLOCK_BYTES', 4 * 240 * 50)
    graph = join_neighbors(nearest_neighbors(rows, 9))
    np.testing.assert_array_equal(graph.toarray(), neighbor_affinity(rows, 9))


def test_copies_of_a_video_do_not_push_it_out_of_its_own_neighbours():
    graph = join_neighbors(nearest_neighbors(np.repeat(np.eye(3), 3, axis=0), 2))
    np.testing.assert_array_equal(graph.toarray(), np.kron(np.eye(3), np.ones((3, 3))))


@pytest.mark.parametrize('spread', [0.15, 0.01])
def test_the_embedding_is_that_of_the_matrix_also_where_nothing_joins_the_groups(spread):
    rows, _ = groups(spread=spread)
    found = graph_embedding(join_neighbors(nearest_neighbors(rows, 20)), 1e-9, 4, 0)
    expected = spectral_embedding(neighbor_affinity(rows, 20) + 1e-9, 4)
    assert subspace_angles(found.points, expected).max() < 1e-6
    assert found.residual < 1e-12


def test_many_videos_get_the_labels_of_the_matrix(monkeypatch):
    rows, truth = groups()
    names = tuple(map(str, range(len(rows))))
    whole = NeighborClusterer()(names, 4, 0, representations=rows).memberships.argmax(axis=1)
    monkeypatch.setattr(normalised_cut, '_DENSE', 100)
    edges = NeighborClusterer()(names, 4, 0, representations=rows.astype(np.float32)).memberships.argmax(axis=1)
    np.testing.assert_array_equal(edges, whole)
    assert len(set(zip(edges.tolist(), truth.tolist(), strict=True))) == 4


@pytest.mark.parametrize('search', ['faiss', 'pynndescent'])
def test_other_searches_find_the_same(search):
    pytest.importorskip(search)
    rows, _ = groups(60)
    found, exact = nearest_neighbors(rows, 5, search), nearest_neighbors(rows, 5)
    assert found.shape == exact.shape
    assert np.mean([len(set(a) & set(b)) / 5 for a, b in zip(found.tolist(), exact.tolist(), strict=True)]) > 0.9


def test_a_search_without_its_package_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, 'faiss', None)
    with pytest.raises(InputError, match=r"needs faiss, which is not installed; .*'\.\[neighbors\]'"):
        nearest_neighbors(np.eye(4), 2, 'faiss')


def test_an_unknown_search_is_refused():
    with pytest.raises(InputError, match="search='annoy' is not known"):
        NeighborClusterer(search='annoy')
