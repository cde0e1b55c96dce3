import dataclasses

import numpy as np
import pytest

from mmacl.datasets.simulation import RECIPE, SNIPPET_DURATION, StreamRecipe, Timeline
from mmacl.datasets.simulation.content import _noise, overlap_shares, render, write_script
from mmacl.datasets.simulation.draws import generator
from mmacl.datasets.simulation.world import build_world

WORLD = build_world(5, 24, 0, RECIPE)
S = SNIPPET_DURATION


def timeline(*segments, snippets=30, label=2):
    return Timeline(snippets * S + 0.1, np.array(segments, dtype=float), np.full(len(segments), label), label)


def test_overlap_equals_plain_loops():
    spans = generator(0).random((6, 2)) * 12 - 1
    spans[:, 1] = spans[:, 0] + spans[:, 1].clip(0)
    expected = np.zeros((15, 6))
    for t in range(15):
        for n, (start, end) in enumerate(spans):
            expected[t, n] = max(0.0, min(end, (t + 1) * S) - max(start, t * S)) / S
    np.testing.assert_allclose(overlap_shares(spans, 15), expected)


def test_an_instance_performs_the_atoms_of_its_class_in_order():
    alone = dataclasses.replace(RECIPE, lone_rate=0.0, gain_log_sd=0.0)
    script = write_script(generator(1), timeline([4 * S, 22 * S]), WORLD, alone)
    atoms = WORLD.class_atoms[2]
    assert set(np.flatnonzero(script.atoms.sum(axis=0))) <= set(atoms)
    peaks = [np.average(np.arange(30), weights=script.atoms[:, atom]) for atom in atoms]
    assert peaks == sorted(peaks)
    np.testing.assert_allclose(script.atoms.sum(axis=1)[4:22], 1.0)
    np.testing.assert_allclose(script.atoms.sum(axis=1)[[0, 1, 2, 3, 22, 29]], 0.0, atol=1e-12)


def test_a_snippet_shows_as_much_of_an_action_as_overlaps_it():
    alone = dataclasses.replace(RECIPE, lone_rate=0.0)
    script = write_script(generator(1), timeline([4.25 * S, 6.5 * S]), WORLD, alone)
    np.testing.assert_allclose(script.activity[3:8], [0.0, 0.75, 1.0, 0.5, 0.0], atol=1e-12)


def test_lone_atoms_stay_outside_actions_and_within_their_snippet():
    crowded = dataclasses.replace(RECIPE, lone_rate=4.0, gain_log_sd=0.0)
    script = write_script(generator(2), timeline([5 * S, 9 * S]), WORLD, crowded)
    other = np.setdiff1d(np.arange(WORLD.num_atoms), WORLD.class_atoms[2])
    np.testing.assert_allclose(script.atoms[5:9][:, other], 0.0, atol=1e-12)
    assert script.atoms[:, other].sum() > 3
    assert script.activity.max() <= 1 + 1e-9
    np.testing.assert_allclose(script.atoms.sum(axis=1), script.activity)


def test_shots_cover_every_snippet_once():
    script = write_script(generator(3), timeline([0.5, 1.0], snippets=200), WORLD, RECIPE)
    np.testing.assert_allclose(script.shots.sum(axis=1), 1.0)
    assert script.shots.shape[1] == len(script.shot_contexts) > 5


def test_features_are_finite_sparse_and_not_negative():
    script = write_script(generator(4), timeline([3.0, 6.0], [7.0, 9.5], snippets=120), WORLD, RECIPE)
    features = render(generator(5), script, WORLD.streams['rgb'], RECIPE.rgb, RECIPE)
    assert features.shape == (120, 24)
    assert features.dtype == np.float32
    assert np.isfinite(features).all()
    assert features.min() == 0.0
    assert 0.15 < (features > 0).mean() < 0.6


def test_without_noise_a_scene_lasts_until_the_cut():
    still = StreamRecipe(scene=1.0, action=0.0, group_share=0.5, steady_noise=0.0, jitter=0.0)
    calm = dataclasses.replace(RECIPE, lone_rate=0.0, scene_dimming=0.0)
    script = write_script(generator(6), timeline([3.0, 6.0], snippets=200), WORLD, calm)
    features = render(generator(7), script, WORLD.streams['rgb'], still, calm)
    steps = np.abs(np.diff(features, axis=0)).max(axis=1)
    within = (script.shots[:-1] * script.shots[1:]).sum(axis=1) > 1 - 1e-9
    assert steps[within].max() < 1e-5
    assert steps[~within].min() > 1e-2


@pytest.mark.parametrize(('steady', 'jitter'), [(1.0, 0.0), (0.0, 1.0), (0.6, 0.5)])
def test_noise_has_its_strength_and_its_correlation(steady, jitter):
    stream = StreamRecipe(scene=0.0, action=0.0, group_share=0.0, steady_noise=steady, jitter=jitter)
    noise = _noise(generator(8), 6000, stream, RECIPE)
    assert noise.shape == (6000, RECIPE.latent_dim)
    # The length of the whole vector, not of one dimension.
    assert np.sqrt((noise**2).sum(axis=1).mean()) == pytest.approx(np.hypot(steady, jitter), rel=0.02)
    correlation = (noise[1:] * noise[:-1]).sum() / (noise**2).sum()
    expected = RECIPE.noise_decay * steady**2 / (steady**2 + jitter**2)
    assert correlation == pytest.approx(expected, abs=0.02)
