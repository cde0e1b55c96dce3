"""Normalised precision and its average."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmacl.evaluation.error_analysis import normalized_average_precision, normalized_precision
from mmacl.evaluation.functional import area_under_envelope

_SPEC = importlib.util.spec_from_file_location('plain_diagnosis', Path(__file__).with_name('plain_diagnosis.py'))
plain = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(plain)


@given(st.lists(st.booleans(), max_size=20), st.integers(0, 5), st.floats(0.5, 50))
def test_equals_the_loops(hits, more, norm):
    number = sum(hits) + more or 1
    array = np.array(hits, dtype=bool)
    assert normalized_precision(array, number, norm) == pytest.approx(plain.precisions(hits, number, norm))
    expected = plain.average_precision(hits, number, norm)
    assert normalized_average_precision(array, number, norm) == pytest.approx(expected)
    usual = normalized_average_precision(array, number, number)
    assert usual == pytest.approx(area_under_envelope(array, number))


def test_a_false_positive_costs_a_rare_class_as_if_it_had_as_many_instances_as_the_average():
    rare = normalized_precision(np.array([True, False]), 1, 5.0)
    assert rare.tolist() == [1.0, 5 / 6]
