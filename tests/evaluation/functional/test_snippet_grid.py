"""Seconds to snippets and what happens to fractions."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from mmacl.evaluation.functional import SegmentTable
from mmacl.evaluation.functional.snippet_grid import in_snippets, rounded_to_snippets, truncated_to_snippets


def convert(function, start, end):
    table = SegmentTable([0], [[start, end]], [0], [0.5])
    result = function(table)
    assert result.scores is not None
    return result.segments[0].tolist()


def test_whole_snippets_survive_every_conversion():
    numbers = np.arange(2000.0)
    seconds = np.stack([numbers * 0.64, numbers * 0.64], axis=1)
    table = SegmentTable(np.zeros(2000), seconds, np.zeros(2000))
    for function in (in_snippets, rounded_to_snippets, truncated_to_snippets):
        assert function(table).segments[:, 0].tolist() == numbers.tolist()


def test_halves_become_the_even_snippet_in_spite_of_rounding_errors():
    halves = np.arange(1, 20_000, 2) / 2
    seconds = np.array([float(Fraction(half) * 16 / 25) for half in halves])
    table = SegmentTable(np.zeros(len(halves)), np.stack([seconds, seconds], axis=1), np.zeros(len(halves)))
    assert (seconds * 25 / 16 != halves).any()
    assert rounded_to_snippets(table).segments[:, 0].tolist() == [round(half) for half in halves]


def test_fractions():
    assert convert(in_snippets, 0.32, 0.8) == [0.5, 1.25]
    assert convert(rounded_to_snippets, 0.32, 1.6) == [0.0, 2.0]
    assert convert(truncated_to_snippets, 0.32, 1.9) == [0.0, 2.0]
