import pytest

from mmacl.datasets.simulation import SimulationSettings
from mmacl.utils import InputError


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
