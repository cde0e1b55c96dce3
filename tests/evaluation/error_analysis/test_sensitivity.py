"""Normalised mAP and missed ground truth by characteristic."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from mmacl.evaluation.error_analysis import Characteristic, characteristics, sensitivity_profile
from tests.evaluation.error_analysis import plain_diagnosis as plain
from tests.examples import examples

DURATIONS = np.array([10.0, 200.0, np.nan])
# No precision of a few detections equals it, so that rounding decides nothing.
MIN_PRECISION = 0.2971


def map_by_loops(truth, found, threshold, inside):
    """Of the instances whose numbers are inside."""
    norm = len(truth) / len({row[3] for row in truth})
    hits, scores = plain.match(truth, found, threshold), []
    for c in range(3):
        number = sum(truth[j][3] == c for j in inside)
        if number:
            own = [hits[i] for i in plain.ranked(found) if found[i][3] == c]
            kept = [hit is not None for hit in own if hit is None or hit in inside]
            scores.append(plain.average_precision(kept, number, norm))
    return sum(scores) / len(scores) if scores else float('nan')


def missed_by_loops(truth, found, threshold):
    """Numbers of the instances that were not found, or too late."""
    norm = len(truth) / len({row[3] for row in truth})
    hits, missed = plain.match(truth, found, threshold), set(range(len(truth)))
    for c in {row[3] for row in truth}:
        own = [hits[i] for i in plain.ranked(found) if found[i][3] == c]
        curve = plain.precisions([hit is not None for hit in own], sum(row[3] == c for row in truth), norm)
        missed -= {hit for hit, value in zip(own, curve, strict=True) if hit is not None and value > MIN_PRECISION}
    return missed


@examples(150)
@given(plain.TRUTHS, plain.FOUND)
def test_equals_the_loops(truth, found):
    instances, detections = plain.tables(truth, found)
    kinds = characteristics(instances, DURATIONS, 'thumos14')
    thresholds = (0.3, 0.5)
    got = sensitivity_profile(instances, detections, np.array(thresholds), kinds, MIN_PRECISION)
    for k, threshold in enumerate(thresholds):
        missed = missed_by_loops(truth, found, threshold)
        assert got.missed[k] == pytest.approx(len(missed) / len(truth))
        assert got.normalized_map[k] == pytest.approx(map_by_loops(truth, found, threshold, range(len(truth))))
        for kind in kinds:
            for b in range(len(kind.bins)):
                inside = set(np.flatnonzero(kind.members == b).tolist())
                expected = map_by_loops(truth, found, threshold, inside)
                assert got.maps_by_bin[kind.name][k, b] == pytest.approx(expected, nan_ok=True)
                part = len(missed & inside) / len(inside) if inside else float('nan')
                assert got.missed_by_bin[kind.name][k, b] == pytest.approx(part, nan_ok=True)
                assert got.num_instances[kind.name][b] == len(inside)


def test_what_is_found_among_too_many_false_positives_is_missed():
    truth = [(0, 0, 10, 0)]
    found = [(0, 50, 60, 0, 0.9)] * 30 + [(0, 0, 10, 0, 0.1)]
    kind = Characteristic('any', ('all',), np.array([0]))
    tables = plain.tables(truth, found)
    assert sensitivity_profile(*tables, np.array([0.5]), (kind,)).missed.tolist() == [1.0]
    assert sensitivity_profile(*tables, np.array([0.5]), (kind,), 0.03).missed.tolist() == [0.0]
