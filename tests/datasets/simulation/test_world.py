from itertools import combinations

import numpy as np
import pytest

from mmacl.datasets.simulation import RECIPE
from mmacl.datasets.simulation.world import build_world


@pytest.fixture(scope='module')
def world():
    return build_world(20, 16, 0, RECIPE)


def test_classes_are_sequences_of_distinct_atoms_that_others_use_too(world):
    used = np.zeros(world.num_atoms, dtype=int)
    for atoms in world.class_atoms:
        assert len(set(atoms)) == RECIPE.phases
        used[atoms] += 1
    # A snippet of one atom is ambiguous: on average an atom belongs to more than two classes.
    assert used[used > 0].mean() > 2
    assert (used >= 2).mean() > 0.7


def test_no_two_classes_have_the_same_atoms_unless_one_is_a_special_case_of_the_other(world):
    for a, b in combinations(range(20), 2):
        shared = len(set(world.class_atoms[a]) & set(world.class_atoms[b]))
        related = world.parents[a] == b or world.parents[b] == a
        assert shared < RECIPE.phases
        assert shared >= 2 if related else shared <= 2


@pytest.mark.parametrize(('num_classes', 'nested'), [(2, 0), (19, 0), (20, 1), (100, 5)])
def test_one_class_in_twenty_is_a_special_case_of_a_later_one(num_classes, nested):
    parents = build_world(num_classes, 4, 1, RECIPE).parents
    special = np.flatnonzero(parents >= 0)
    assert len(special) == nested
    assert (parents[special] > special).all()
    assert (parents[parents[special]] == -1).all()


def test_everyone_has_a_companion_and_is_one_for_somebody_else(world):
    assert sorted(world.companions) == list(range(20))
    assert (world.companions != np.arange(20)).all()


def test_classes_share_contexts(world):
    probabilities = world.context_probabilities
    np.testing.assert_allclose(probabilities.sum(axis=1), 1.0)
    assert probabilities.shape[1] < 20
    assert (probabilities.max(axis=1) > 0.5).all()
    favourites = np.bincount(probabilities.argmax(axis=1), minlength=probabilities.shape[1])
    assert favourites.min() >= 1
    assert favourites.max() >= 2


def test_streams_tell_apart_what_the_other_one_confuses(world):
    rgb, flow = (stream.atoms / np.linalg.norm(stream.atoms, axis=1)[:, None] for stream in world.streams.values())
    pairs = np.triu_indices(world.num_atoms, 1)
    alike = [(atoms @ atoms.T)[pairs] for atoms in (rgb, flow)]
    side = int(np.ceil(np.sqrt(world.num_atoms)))
    row, column = np.divmod(np.arange(world.num_atoms), side)
    same_row, same_column = (row[pairs[0]] == row[pairs[1]]), (column[pairs[0]] == column[pairs[1]])
    assert alike[0][same_row].mean() > 0.3 > alike[0][same_column].mean()
    assert alike[1][same_column].mean() > 0.3 > alike[1][same_row].mean()


def test_a_wider_read_out_begins_with_the_narrow_one():
    narrow, wide = (build_world(4, dim, 5, RECIPE).streams['flow'] for dim in (6, 40))
    np.testing.assert_array_equal(wide.weight[:, :6], narrow.weight)
    np.testing.assert_array_equal(wide.bias[:6], narrow.bias)
    np.testing.assert_array_equal(wide.atoms, narrow.atoms)


def test_typical_lengths_spread_alike_in_every_world():
    lengths = [np.sort(build_world(8, 4, seed, RECIPE).class_lengths) for seed in (0, 1)]
    np.testing.assert_allclose(lengths[0], lengths[1])
    assert np.median(lengths[0]) == pytest.approx(RECIPE.length_median, rel=0.1)
