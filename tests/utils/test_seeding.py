"""Seeds by position."""

from __future__ import annotations

import itertools

import pytest

from mmacl.utils import derive_seed


def test_the_same_position_gives_the_same_seed_on_every_machine():
    assert derive_seed(0, 1, 2) == derive_seed(0, 1, 2)
    # Written down, so that a change of the rule (which would change every run) is seen.
    assert derive_seed(0) == 6_375_474_604_893_067_239
    assert derive_seed(0, 1, 2, 3) == 8_371_474_695_566_353_183


def test_positions_differ():
    seeds = [derive_seed(*parts) for parts in itertools.product(range(8), repeat=3)]
    assert len(set(seeds)) == len(seeds)


def test_the_order_of_the_parts_matters():
    assert derive_seed(1, 2) != derive_seed(2, 1)


def test_seeds_fit_into_63_bits_and_may_be_parts_again():
    seed = derive_seed(2**63 - 1, 5)
    assert 0 <= seed < 2**63
    assert derive_seed(seed, 0) != derive_seed(seed, 1)


def test_negative_parts_are_refused():
    with pytest.raises(ValueError, match='negative'):
        derive_seed(-1)
