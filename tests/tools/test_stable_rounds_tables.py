"""The tables of the documents about stable rounds."""

from __future__ import annotations

from fractions import Fraction

from mmacl.apis import load_config
from tools.maintenance.results.stable_rounds import (
    ABLATIONS,
    HARDSHIPS,
    SENSITIVITY,
    ablation,
    hardships,
    in_short,
    real_data,
    sensitivity,
)


def rows(purity: float, score: float) -> list[dict[str, float]]:
    figures = {'cluster/purity': purity, 'cluster/nmi': 0.5, 'cluster/ari': 0.25, 'tal/mAP@0.5': score}
    return [{'round': number, 'tal/mAP@avg(0.3:0.7)': score, **figures} for number in (1, 2)]


PAIR = {
    'um_synthetic_us': {'rows': {'5': rows(0.5, 0.2), '6': rows(0.7, 0.2)}},
    'um_plus_synthetic_us': {'rows': {'5': rows(0.7, 0.3), '6': rows(0.8, 0.1)}},
}


def test_the_short_table_has_the_first_and_the_last_round():
    header, table = in_short(PAIR)
    assert header[2:4] == ['purity, first round', 'average mAP, first round']
    assert table[1] == ['UM+', '2', '0.750 ± 0.071', '20.0 ± 14.1', '0.750 ± 0.071', '20.0 ± 14.1']


def test_an_ablation_is_compared_with_the_whole():
    configs = ['_'.join(filter(None, ('um_plus_synthetic_us', ending))) for ending in ABLATIONS]
    trials = {config: {'rows': {'5': rows(0.7 - 0.1 * number, 0.3)}} for number, config in enumerate(configs)}
    _, table = ablation({'ablations': trials})
    assert [row[0] for row in table] == list(ABLATIONS.values())
    assert table[0][-2:] == ['', '']
    assert table[2][-2:] == ['-0.200 (0 of 1)', '+0.0 (0 of 1)']


def test_hardships_are_compared_on_the_same_data_sets():
    trials = {name: {config: {'rows': {'5': of['rows']['5']}} for config, of in PAIR.items()} for name in HARDSHIPS}
    _, table = hardships(trials, PAIR)
    assert [row[1] for row in table] == ['1'] * len(HARDSHIPS)
    assert table[0][2:] == ['0.500', '0.700', '20.0', '30.0', '+0.200 (1 of 1)', '+10.0 (1 of 1)']


def test_a_number_is_named_with_the_value_that_was_tried():
    other = {'um_plus_synthetic_us': {'rows': {'5': rows(0.6, 0.4)}}}
    trials = {'ablations': PAIR, 'sensitivity: default_hooks.clustering.pooling.margin=0.01': other}
    _, table = sensitivity(trials)
    assert table == [
        ['`pooling.margin`', '0.02', '0.01', '1', '0.600', '40.0', '0.600', '40.0', '-0.100 (0 of 1)', '+10.0 (1 of 1)']
    ]


def test_real_data_are_compared_by_run():
    runs = {'acl_salads_us': {'rows': {'fold1/0': rows(0.5, 0.2)}}, 'acl_plus_salads_us': {'rows': {}}}
    runs |= {config.replace('synthetic', 'salads'): of for config, of in PAIR.items()}
    _, table = real_data({'salads': runs}, 'salads')
    assert [row[0] for row in table] == ['UM', 'UM+']
    assert table[1][-2:] == ['+0.150 ± 0.071 (2 of 2)', '+0.0 ± 14.1 (1 of 2)']


def test_the_frozen_values_are_those_of_the_config():
    clustering = load_config('um_plus_synthetic_us').default_hooks.clustering.to_dict()
    for key, frozen in SENSITIVITY.items():
        value = clustering
        for part in key.split('.'):
            value = value[int(part) if part.isdigit() else part]
        assert value == float(Fraction(frozen)), key
