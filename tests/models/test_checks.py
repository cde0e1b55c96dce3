from __future__ import annotations

import pytest

from mmacl.models.checks import check_choice, check_dilations, check_kernel, check_positive
from mmacl.utils import InputError


def refused(function, *args, **kwargs) -> str:
    with pytest.raises(InputError) as caught:
        function(*args, **kwargs)
    message = str(caught.value)
    assert '\n' not in message
    return message


def test_choice_names_key_value_and_remedy():
    message = refused(check_choice, 'attention', 'softmx', ('softmax', 'raw'))
    assert 'attention' in message
    assert "'softmx'" in message
    assert "'softmax', 'raw'" in message
    check_choice('attention', 'raw', ('softmax', 'raw'))


@pytest.mark.parametrize('value', [0, -1, 2.0, True, None, '3'])
def test_positive_refuses_what_is_not_a_count(value):
    assert 'num_clusters' in refused(check_positive, num_clusters=value)


def test_positive_accepts_one():
    check_positive(num_clusters=1)


@pytest.mark.parametrize(('kernel', 'dilation'), [(2, 1), (0, 1), (3, 0)])
def test_kernel_that_shifts_is_refused(kernel, dilation):
    refused(check_kernel, kernel, dilation)
    check_kernel(3, 2)


@pytest.mark.parametrize('dilations', [(), (2, 0)])
def test_empty_pyramid_is_refused(dilations):
    assert 'dilations' in refused(check_dilations, dilations)
    check_dilations((1,))
