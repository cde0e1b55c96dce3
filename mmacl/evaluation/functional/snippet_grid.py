"""Seconds as snippets of 16 frames at 25 frames a second, in which two of the protocols compare segments."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from mmacl.evaluation.functional.segment_table import SegmentTable

# Detections were snippets before somebody wrote them as seconds; a sum of rounding errors must not move them by one.
_SNAP = 1e-6


def in_snippets(table: SegmentTable) -> SegmentTable:
    """Times as ``seconds * 25 / 16``, fractions kept; within 1e-6 of a whole number they are that number."""
    snippets = table.segments * 25 / 16
    whole = np.rint(snippets)
    return _with(table, np.where(np.abs(snippets - whole) <= _SNAP, whole, snippets))


def rounded_to_snippets(table: SegmentTable) -> SegmentTable:
    """Times as ``seconds * 25 / 16``, rounded to the nearest whole number, halves to the even one.

    Times within 1e-6 of a half are that half: 9.92 s are 15.5 snippets and become 16, whatever the rounding errors.
    """
    halves = table.segments * 25 / 8
    whole = np.rint(halves)
    return _with(table, np.rint(np.where(np.abs(halves - whole) <= 2 * _SNAP, whole, halves) / 2))


def truncated_to_snippets(table: SegmentTable) -> SegmentTable:
    """Times as :func:`in_snippets` gives them, without their fraction (towards zero)."""
    return _with(table, np.trunc(in_snippets(table).segments))


def _with(table: SegmentTable, segments: NDArray[np.float64]) -> SegmentTable:
    return replace(table, segments=segments)
