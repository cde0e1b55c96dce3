"""The content of a simulated video, and its features."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mmacl.datasets.simulation.draws import blend, unit_rows
from mmacl.datasets.simulation.recipe import SNIPPET_DURATION, Recipe, StreamRecipe
from mmacl.datasets.simulation.timeline import Timeline
from mmacl.datasets.simulation.world import StreamWorld, World

Floats = NDArray[np.float64]


class Script(NamedTuple):
    """The content that both streams see, as weights of each snippet.

    Attributes:
        atoms: (T, M), how strongly each atom shows.
        activity: (T,), share of the snippet in which any atom shows.
        shots: (T, number of shots), share of each shot; rows sum to one.
        shot_contexts: the context of each shot.
    """

    atoms: Floats
    activity: Floats
    shots: Floats
    shot_contexts: NDArray[np.int64]


def overlap_shares(spans: Floats, num_snippets: int) -> Floats:
    """Share of each snippet that each span covers: (T, N) from (N, 2) seconds."""
    begins = (np.arange(num_snippets) * SNIPPET_DURATION)[:, None]
    covered = np.minimum(spans[:, 1], begins + SNIPPET_DURATION) - np.maximum(spans[:, 0], begins)
    return np.clip(covered, 0.0, None) / SNIPPET_DURATION


def write_script(rng: np.random.Generator, timeline: Timeline, world: World, recipe: Recipe) -> Script:
    """Draw phases, lone atoms and shots around the ground truth."""
    num_snippets, num_atoms = timeline.num_snippets, world.num_atoms
    spans, atoms, gains = _phases(rng, timeline, world, recipe)
    shares = overlap_shares(spans, num_snippets)
    action = np.minimum(shares.sum(axis=1), 1.0)  # (T,)

    lone_spans, lone_atoms, lone_gains = _lone_atoms(rng, timeline, num_atoms, recipe)
    # The lone atoms in a snippet share what action leaves of it.
    lone_shares = overlap_shares(lone_spans, num_snippets)
    crowding = np.maximum(lone_shares.sum(axis=1), 1.0)
    lone_shares *= ((1.0 - action) / crowding)[:, None]
    one_hot = np.eye(num_atoms)
    weights = _product(shares * gains, one_hot[atoms]) + _product(lone_shares * lone_gains, one_hot[lone_atoms])

    context = pick(rng.random(), world.context_probabilities[timeline.main_class])
    cuts, shot_contexts = _shots(rng, timeline, context, world.context_probabilities.shape[1], recipe)
    shots = overlap_shares(np.stack([cuts[:-1], cuts[1:]], axis=1), num_snippets)
    return Script(weights, action + lone_shares.sum(axis=1), shots, shot_contexts)


def render(
    rng: np.random.Generator, script: Script, world: StreamWorld, stream: StreamRecipe, recipe: Recipe
) -> NDArray[np.float32]:
    """Features of one stream, (T, D), not negative."""
    width, num_shots = recipe.latent_dim, len(script.shot_contexts)
    own_scene, actor = unit_rows(rng, 2, width)
    # (shots, L): the context, the video's own setting, and the camera position.
    scenes = blend(recipe.context_share, world.contexts[script.shot_contexts], own_scene)
    scenes = blend(1.0 - recipe.shot_spread, scenes, unit_rows(rng, num_shots, width))
    visible = 1.0 - recipe.scene_dimming * script.activity
    latent = stream.scene * visible[:, None] * _product(script.shots, scenes)
    latent += stream.action * _product(script.atoms, world.atoms)
    latent += stream.action * recipe.actor_spread * script.activity[:, None] * actor
    latent += _noise(rng, len(latent), stream, recipe)
    return np.maximum(_product(latent.astype(np.float32), world.weight) + world.bias, np.float32(0.0))


def _phases(
    rng: np.random.Generator, timeline: Timeline, world: World, recipe: Recipe
) -> tuple[Floats, NDArray[np.int64], Floats]:
    """Spans, atoms and gains of the phases of all instances, instance after instance."""
    count, phases = len(timeline.segments), recipe.phases
    shares = world.phase_shares[timeline.classes] * np.exp(recipe.phase_jitter * rng.standard_normal((count, phases)))
    bounds = np.cumsum(shares, axis=1) / shares.sum(axis=1, keepdims=True)
    bounds = np.concatenate([np.zeros((count, 1)), bounds], axis=1)
    start, end = timeline.segments[:, :1], timeline.segments[:, 1:]
    times = start + bounds * (end - start)  # (N, P + 1)
    spans = np.stack([times[:, :-1], times[:, 1:]], axis=2).reshape(-1, 2)
    gains = np.exp(recipe.gain_log_sd * rng.standard_normal(count))
    return spans, world.class_atoms[timeline.classes].ravel(), np.repeat(gains, phases)


def _lone_atoms(
    rng: np.random.Generator, timeline: Timeline, num_atoms: int, recipe: Recipe
) -> tuple[Floats, NDArray[np.int64], Floats]:
    """Spans, atoms and gains of atoms outside any action, anywhere in the video."""
    count = int(recipe.lone_rate * timeline.duration + rng.random())
    lengths = recipe.lone_length_median * np.exp(recipe.lone_length_log_sd * rng.standard_normal(count))
    starts = rng.random(count) * timeline.duration - lengths / 2
    gains = np.exp(recipe.gain_log_sd * rng.standard_normal(count))
    atoms = (rng.random(count) * num_atoms).astype(np.int64)
    return np.stack([starts, starts + lengths], axis=1), atoms, gains


def _shots(
    rng: np.random.Generator, timeline: Timeline, context: int, num_contexts: int, recipe: Recipe
) -> tuple[Floats, NDArray[np.int64]]:
    """Times of the cuts, ends of the video included, and the context of each shot."""
    num_cuts = int(timeline.duration / recipe.shot_length_mean + rng.random())
    cuts = np.sort(rng.random(num_cuts)) * timeline.duration
    elsewhere = rng.random(num_cuts + 1) < recipe.cutaway_rate
    others = (rng.random(num_cuts + 1) * num_contexts).astype(np.int64)
    # The last whole snippet ends before the video; the first shot starts the video.
    cuts = np.concatenate([[0.0], cuts, [timeline.duration + SNIPPET_DURATION]])
    return cuts, np.where(elsewhere, others, context)


def _noise(rng: np.random.Generator, num_snippets: int, stream: StreamRecipe, recipe: Recipe) -> Floats:
    """(T, L): an exponential moving sum of white noise, plus fresh noise."""
    taps = recipe.noise_decay ** np.arange(recipe.noise_taps)
    taps /= np.linalg.norm(taps)
    white = rng.standard_normal((num_snippets + recipe.noise_taps - 1, recipe.latent_dim))
    steady = sum(tap * white[lag : lag + num_snippets] for lag, tap in enumerate(taps))
    fresh = rng.standard_normal((num_snippets, recipe.latent_dim))
    return (stream.steady_noise * steady + stream.jitter * fresh) / np.sqrt(recipe.latent_dim)


def _product(a: NDArray[Any], b: NDArray[Any]) -> NDArray[Any]:
    """Matrix product without BLAS: the same sums on every machine, and no threads for small matrices."""
    return np.einsum('tl,ld->td', a, b)


def pick(share: float, probabilities: Floats) -> int:
    """The index at which the cumulative probabilities pass ``share``."""
    return min(int(np.searchsorted(np.cumsum(probabilities), share, side='right')), len(probabilities) - 1)
