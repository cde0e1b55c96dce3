"""Overlap and time, against their definitions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmacl.structures import SnippetTiming, paired_temporal_iou, temporal_iou
from tests.examples import examples

spans = st.tuples(st.floats(-50, 50), st.floats(0, 50)).map(lambda span: (span[0], span[0] + span[1]))


def by_definition(a, b):
    overlap = max(0.0, min(a[1], b[1]) - max(a[0], b[0]))
    union = (a[1] - a[0]) + (b[1] - b[0]) - overlap
    return overlap / union if union > 0 else 0.0


@examples(100)
@given(st.lists(spans, max_size=5), st.lists(spans, max_size=5))
def test_overlap_over_union_of_every_pair(segments, others):
    expected = [[by_definition(a, b) for b in others] for a in segments]
    got = temporal_iou(segments, others)
    assert got.shape == (len(segments), len(others))
    np.testing.assert_allclose(got, np.reshape(expected, got.shape), atol=1e-12)
    assert ((got >= 0) & (got <= 1 + 1e-12)).all()


@examples(50)
@given(st.lists(st.tuples(spans, spans), max_size=6))
def test_pairs_are_the_diagonal(pairs):
    segments, others = [a for a, _ in pairs], [b for _, b in pairs]
    np.testing.assert_array_equal(paired_temporal_iou(segments, others), np.diagonal(temporal_iou(segments, others)))


@pytest.mark.parametrize(
    ('a', 'b', 'expected'),
    [
        ((0, 10), (0, 10), 1.0),
        ((0.1, 3.4), (0.1, 3.4), 1.0),
        ((0, 10), (5, 15), 1 / 3),
        ((0, 10), (10, 20), 0.0),
        ((0, 10), (30, 40), 0.0),
        ((0, 10), (2, 7), 0.5),
        ((5, 5), (5, 5), 0.0),
        ((5, 5), (0, 10), 0.0),
    ],
)
def test_values_worked_out_by_hand(a, b, expected):
    assert temporal_iou([a], [b])[0, 0] == expected
    assert temporal_iou([b], [a])[0, 0] == expected


def test_integer_segments_are_not_divided_as_integers():
    assert temporal_iou(np.array([[0, 3]]), np.array([[0, 2]]))[0, 0] == 2 / 3


def test_snippets_lie_side_by_side_from_the_offset_on():
    timing = SnippetTiming(snippet_duration=0.64, offset=2.0)
    np.testing.assert_allclose(timing.to_seconds([[0, 1], [10, 12.5]]), [[2.0, 2.64], [8.4, 10.0]])


def test_seconds_stay_inside_the_video():
    timing = SnippetTiming(snippet_duration=1.0, offset=-0.5, duration=9.0)
    assert timing.to_seconds([0, 5, 20]).tolist() == [0.0, 4.5, 9.0]
    assert SnippetTiming(snippet_duration=1.0).to_seconds([20]).tolist() == [20.0]


def test_to_snippets_inverts_to_seconds_inside_the_video():
    timing = SnippetTiming(snippet_duration=1 / 3, offset=0.7, duration=100.0)
    snippets = np.array([0.0, 0.5, 17.25])
    np.testing.assert_allclose(timing.to_snippets(timing.to_seconds(snippets)), snippets)
