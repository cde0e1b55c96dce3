"""The world of simulated videos: actions, scenes, and how each stream sees them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mmacl.datasets.simulation.draws import Purpose, blend, generator, normal_quantiles, unit_rows
from mmacl.datasets.simulation.recipe import Recipe, StreamRecipe

# Random sequences of atoms from which the best is taken for a class.
_TRIES = 64


@dataclass(frozen=True, eq=False)
class StreamWorld:
    """How one stream sees the world.

    Attributes:
        atoms: (M, L), a direction for each atom.
        contexts: (S, L), a direction for each scene context.
        weight: (L, D) of the read-out ``relu(z @ weight + bias)``.
        bias: (D,).
    """

    atoms: NDArray[np.float64]
    contexts: NDArray[np.float64]
    weight: NDArray[np.float32]
    bias: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class World:
    """Structure of the actions and of the scenes.

    Attributes:
        class_atoms: (C, P), the atoms of each class in the order in which they are performed.
        phase_shares: (C, P), typical share of each phase; rows sum to one.
        class_lengths: (C,), typical seconds of an instance.
        parents: (C,), the class that each instance also belongs to, or -1.
        companions: (C,), the class that occurs in some videos of a class.
        context_probabilities: (C, S); rows sum to one.
        streams: by modality.
    """

    class_atoms: NDArray[np.int64]
    phase_shares: NDArray[np.float64]
    class_lengths: NDArray[np.float64]
    parents: NDArray[np.int64]
    companions: NDArray[np.int64]
    context_probabilities: NDArray[np.float64]
    streams: dict[str, StreamWorld]

    @property
    def num_atoms(self) -> int:
        """M, over all classes."""
        return len(next(iter(self.streams.values())).atoms)


def build_world(num_classes: int, feature_dim: int, seed: int, recipe: Recipe) -> World:
    """Draw a world; the first channels of a wider read-out are those of a narrower one."""
    rng = generator(seed, Purpose.STRUCTURE)
    num_atoms = max(2 * recipe.phases, round(recipe.atoms_per_class * num_classes))
    num_contexts = max(2, round(recipe.contexts_per_class * num_classes))
    parents = _nest(rng, num_classes, recipe)
    quantiles = normal_quantiles((rng.permutation(num_classes) + 0.5) / num_classes)
    shares = np.exp(recipe.phase_jitter * rng.standard_normal((num_classes, recipe.phases)))
    ring = rng.permutation(num_classes)
    companions = np.empty(num_classes, dtype=np.int64)
    companions[ring] = np.roll(ring, -1)
    class_atoms = _compose(rng, num_classes, num_atoms, recipe.phases)
    for child in np.flatnonzero(parents >= 0):
        # A special case begins differently than its general class.
        class_atoms[child, 1:] = class_atoms[parents[child], 1:]
    return World(
        class_atoms=class_atoms,
        phase_shares=shares / shares.sum(axis=1, keepdims=True),
        class_lengths=recipe.length_median * np.exp(recipe.length_class_log_sd * quantiles),
        parents=parents,
        companions=companions,
        context_probabilities=_place(rng, num_classes, num_contexts, recipe),
        streams={
            modality: _see(seed, position, num_atoms, num_contexts, feature_dim, stream, recipe)
            for position, (modality, stream) in enumerate(recipe.streams().items())
        },
    )


def _nest(rng: np.random.Generator, num_classes: int, recipe: Recipe) -> NDArray[np.int64]:
    """Choose special cases and their general class, which has the higher index, as CliffDiving comes before Diving."""
    parents = np.full(num_classes, -1, dtype=np.int64)
    pairs = rng.permutation(num_classes)[: 2 * (num_classes // recipe.classes_per_nested)].reshape(-1, 2)
    parents[pairs.min(axis=1)] = pairs.max(axis=1)
    return parents


def _compose(rng: np.random.Generator, num_classes: int, num_atoms: int, phases: int) -> NDArray[np.int64]:
    """Sequences of distinct atoms that use all atoms about equally and overlap little from class to class."""
    chosen = np.zeros((num_classes, num_atoms))
    sequences = np.zeros((num_classes, phases), dtype=np.int64)
    for c in range(num_classes):
        used = chosen[:c].sum(axis=0)
        tries = np.argsort(used + 0.9 * rng.random((_TRIES, num_atoms)), axis=1)[:, :phases]
        overlap = chosen[:c][:, tries].sum(axis=2).max(axis=0, initial=0.0)  # (tries,)
        sequences[c] = rng.permutation(tries[np.argmin(overlap)])
        chosen[c, sequences[c]] = 1.0
    return sequences


def _place(rng: np.random.Generator, num_classes: int, num_contexts: int, recipe: Recipe) -> NDArray[np.float64]:
    """Probabilities of contexts for each class; each context is the first one of about as many classes."""
    favoured = np.array(recipe.context_probabilities)[:num_contexts]
    probabilities = np.full((num_classes, num_contexts), (1.0 - favoured.sum()) / num_contexts)
    first = rng.permutation(np.arange(num_classes) % num_contexts)
    for c in range(num_classes):
        others = rng.permutation(np.delete(np.arange(num_contexts), first[c]))
        order = np.concatenate([first[c : c + 1], others])[: len(favoured)]
        probabilities[c, order] += favoured
    return probabilities


def _see(
    seed: int, position: int, num_atoms: int, num_contexts: int, feature_dim: int, stream: StreamRecipe, recipe: Recipe
) -> StreamWorld:
    """Draw the directions and the read-out of the stream at ``position``.

    Atoms are on a grid: its rows are the groups of the first stream and its columns those of the second, so that two
    atoms that one stream confuses are distinct in the other.
    """
    width = recipe.latent_dim
    rng = generator(seed, Purpose.APPEARANCE, position)
    side = int(np.ceil(np.sqrt(num_atoms)))
    groups = np.arange(num_atoms) // side if position == 0 else np.arange(num_atoms) % side
    common = unit_rows(rng, side, width)[groups]
    atoms = blend(stream.group_share, common, unit_rows(rng, num_atoms, width))
    contexts = unit_rows(rng, num_contexts, width)
    drawn = generator(seed, Purpose.READ_OUT, position).standard_normal((feature_dim, width + 1))
    weight = drawn[:, :width].T
    bias = recipe.bias + 0.3 * drawn[:, width]
    return StreamWorld(atoms, contexts, weight.astype(np.float32), bias.astype(np.float32))
