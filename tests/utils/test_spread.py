"""Mean and deviation over seeds."""

from __future__ import annotations

import pytest

from mmacl.utils.spread import format_spread, mean_and_deviation, summarise_rounds


def test_mean_and_sample_deviation_by_round():
    rows = [[{'round': 1, 'tal/mAP@0.5': value, 'simulated': True}] for value in (0.1, 0.2, 0.6)]
    (entry,) = summarise_rounds(rows)
    assert entry['round'] == 1
    assert entry['seeds'] == 3
    assert entry['tal/mAP@0.5']['mean'] == pytest.approx(0.3)
    assert entry['tal/mAP@0.5']['std'] == pytest.approx(((0.04 + 0.01 + 0.09) / 2) ** 0.5)


def test_one_seed_has_no_deviation():
    assert summarise_rounds([[{'round': 1, 'tal/x': 0.5}]])[0]['tal/x'] == {'mean': 0.5, 'std': None}
    assert mean_and_deviation([2.0]) == {'mean': 2.0, 'std': None}


def test_seeds_with_different_numbers_of_rounds_are_not_mixed():
    with pytest.raises(ValueError, match=r'shorter|longer'):
        summarise_rounds([[{'round': 1}], [{'round': 1}, {'round': 2}]])


def test_a_spread_as_text():
    several = {'mean': 0.12345, 'std': 0.01}
    assert format_spread(several, 2, 100) == '12.35 +- 1.00'
    assert format_spread(several, 1, sign='+', between='±') == '+0.1 ± 0.0'
    assert format_spread({'mean': -0.5, 'std': None}, 3, sign='+') == '-0.500'
