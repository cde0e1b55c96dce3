"""The error that a person reads."""

from __future__ import annotations

from mmacl.utils import InputError


def test_it_is_a_value_error_whose_text_is_the_message():
    assert issubclass(InputError, ValueError)
    assert str(InputError('v.npy: empty; extract it again')) == 'v.npy: empty; extract it again'
