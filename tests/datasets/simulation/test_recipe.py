"""The generator is frozen: these numbers change only together with its version."""

import hashlib
import json
from dataclasses import asdict

import numpy as np
import pytest

from mmacl.datasets.simulation import GENERATOR_VERSION, RECIPE, SimulationSettings, VideoSimulator
from mmacl.utils import InputError


def test_version():
    assert GENERATOR_VERSION == 'SyntheticActions-v1'


def test_no_number_of_the_recipe_has_changed():
    text = json.dumps(asdict(RECIPE), sort_keys=True)
    assert hashlib.sha256(text.encode()).hexdigest()[:16] == 'a4d1cee7df68e61d'


def summarise(settings, subset, index):
    simulator = VideoSimulator(settings)
    timeline = simulator.timeline(subset, index)
    features = [simulator.features(subset, index, modality) for modality in simulator.modalities]
    # A weighted sum notices a change of order, which a plain one would not.
    place = np.arange(1, len(features[0]) + 1, dtype=np.float64)[:, None]
    sums = [float((place * array).sum(dtype=np.float64) / place.sum()) for array in features]
    return [timeline.main_class, len(features[0]), float(timeline.segments.sum()), *sums]


FROZEN = [
    (dict(), 'train', 0, [18, 190, 564.146, 28.8314, 26.907]),
    (dict(), 'test', 199, [7, 118, 317.012, 31.6018, 37.3964]),
    (dict(seed=4), 'train', 57, [16, 95, 229.715, 32.7001, 38.4179]),
    (dict(seed=1, full_length=True), 'train', 3, [4, 655, 10458.2, 38.5268, 34.5426]),
    (dict(seed=2, world_seed=0, feature_dim=1024), 'test', 5, [19, 83, 167.34, 268.581, 251.503]),
    (dict(num_classes=100), 'train', 4440, [62, 108, 152.924, 29.435, 27.6326]),
]


@pytest.mark.parametrize(('settings', 'subset', 'index', 'expected'), FROZEN)
def test_videos_are_those_of_this_version(settings, subset, index, expected):
    found = summarise(SimulationSettings(**settings), subset, index)
    assert found[:2] == expected[:2]
    # Logarithms and exponentials may differ in their last digit.
    assert found[2:] == pytest.approx(expected[2:], rel=1e-4)


@pytest.mark.parametrize(
    ('key', 'value'),
    [
        ('num_classes', 1),
        ('num_classes', 2.0),
        ('num_classes', True),
        ('feature_dim', 0),
        ('feature_dim', '128'),
        ('seed', -1),
        ('seed', None),
        ('imbalance', 0.5),
        ('imbalance', float('nan')),
        ('imbalance', float('inf')),
        ('two_class_rate', 1.1),
        ('two_class_rate', '0.5'),
        ('no_action_rate', 1.0),
        ('no_action_rate', -0.1),
        ('no_action_rate', True),
        ('world_seed', -3),
        ('full_length', 1),
    ],
)
def test_refuses_in_one_line_that_names_the_argument_and_its_value(key, value):
    with pytest.raises(InputError, match=f'{key}={value!r}') as caught:
        SimulationSettings(**{key: value})
    assert '\n' not in str(caught.value)


def test_names_are_in_label_order_and_of_one_width():
    assert SimulationSettings(num_classes=3).class_names == ('action_00', 'action_01', 'action_02')
    names = SimulationSettings(num_classes=101).class_names
    assert names[7] == 'action_007'
    assert list(names) == sorted(names)
