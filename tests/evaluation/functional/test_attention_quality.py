"""Attention against the truth, by plain loops over pairs of snippets."""

from __future__ import annotations

import math

import numpy as np
import pytest

from mmacl.evaluation.functional import attention_auc, effective_share, snippets_in_action


@pytest.mark.parametrize('seed', range(30))
def test_auc_counts_pairs(seed):
    rng = np.random.default_rng(seed)
    attention = rng.integers(0, 5, 17) / 4.0  # with ties
    in_action = rng.random(17) < 0.4
    won, pairs = 0.0, 0
    for value, action in zip(attention, in_action, strict=True):
        for other, other_action in zip(attention, in_action, strict=True):
            if action and not other_action:
                pairs += 1
                won += 1.0 if value > other else 0.5 if value == other else 0.0
    if pairs:
        assert attention_auc(attention, in_action) == pytest.approx(won / pairs)
        assert attention_auc(-attention, in_action) == pytest.approx(1 - won / pairs)
    else:
        assert math.isnan(attention_auc(attention, in_action))


@pytest.mark.parametrize('truth', [[True] * 3, [False] * 3])
def test_without_action_or_without_background_nothing_is_known(truth):
    assert math.isnan(attention_auc([1.0, 2.0, 3.0], truth))


def test_a_snippet_counts_by_its_middle():
    # Middles at 0.75, 1.25, 1.75, 2.25 s.
    inside = snippets_in_action(4, 0.5, 0.5, [[0.75, 1.25], [2.0, 2.25]])
    assert inside.tolist() == [True, False, False, False]
    assert snippets_in_action(3, 1.0, 0.0, []).tolist() == [False] * 3


def test_the_share_is_the_perplexity_of_the_weights():
    weights = [1.0, 2.0, 5.0, 0.0]
    entropy = 0.0
    for weight in weights:
        if weight:
            entropy -= weight / 8 * math.log(weight / 8)
    assert effective_share(weights) == pytest.approx(math.exp(entropy) / 4)
    assert effective_share([0.25] * 4) == pytest.approx(1)
    assert effective_share([0.0, 3.0]) == pytest.approx(0.5)
    assert math.isnan(effective_share([0.0, 0.0]))
