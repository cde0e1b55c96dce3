"""The figures of the profiles reach the tables and the JSON."""

from __future__ import annotations

import json

import numpy as np
import pytest

from mmacl.evaluation import SegmentTable
from mmacl.evaluation.error_analysis import ERROR_TYPES, diagnose
from mmacl.utils import InputError

TRUTH = SegmentTable([0, 0, 1], [[0, 10], [20, 30], [0, 40]], [0, 0, 1])
FOUND = SegmentTable(
    [0, 0, 0, 0, 0],
    [[0, 10], [0, 9], [0, 10], [25, 40], [80, 90]],
    [0, 0, 1, 0, 0],
    [0.9, 0.8, 0.7, 0.6, 0.5],
)
DURATIONS = np.array([100.0, np.nan])


def test_tables_hold_the_figures():
    found = diagnose(TRUTH, FOUND, DURATIONS, 2)
    assert found.slices_table()[0] == ['Slice', 'Number', *ERROR_TYPES]
    # The best two of run, the best one of jump: right, double, wrong label.
    assert found.slices_table()[1] == ['1G', '3', '33.3', '33.3', '33.3', '0.0', '0.0', '0.0']
    assert found.slices_table()[10] == ['10G', '0', *['-'] * 6]
    assert [row[0] for row in found.gains_table()[1:]] == list(ERROR_TYPES[1:])
    assert found.gains_caption().startswith('Normalised mAP of these detections: 25.0 %')
    assert found.characteristics_caption().endswith('66.7 % of the instances missed')
    rows = {row[0]: row[1:] for row in found.characteristics_table()}
    assert rows['coverage XL (>8 %)'][0] == '2'
    assert rows['coverage XS (0-2 %)'] == ['0', '-', '-']


def test_json_is_json():
    found = json.loads(json.dumps(diagnose(TRUTH, FOUND, DURATIONS, 2).as_json(), allow_nan=False))
    assert found['normalized_mAP'] == pytest.approx(0.25)
    assert found['characteristics']['coverage']['missed'] == [None, None, None, None, 0.5]


@pytest.mark.parametrize(
    ('num_classes', 'arguments', 'at', 'first_bin'),
    [
        (2, {}, 'tIoU 0.5', 'XS (0-3 s)'),
        (100, {}, 'mean over tIoU 0.5 to 0.95', 'XS (0-30 s)'),
        (100, {'bins': 'thumos14'}, 'tIoU 0.5', 'XS (0-3 s)'),
        (2, {'tiou_thresholds': [0.3, 0.7]}, 'tIoU 0.3, 0.7', 'XS (0-3 s)'),
    ],
)
def test_bins_and_thresholds_follow_the_number_of_classes(num_classes, arguments, at, first_bin):
    found = diagnose(TRUTH, FOUND, DURATIONS, num_classes, **arguments)
    assert found.at == at
    assert found.kinds[1].bins[0] == first_bin


@pytest.mark.parametrize('arguments', [{'bins': 'other'}, {'tiou_thresholds': [50.0]}])
def test_mistakes_are_refused(arguments):
    with pytest.raises(InputError):
        diagnose(TRUTH, FOUND, DURATIONS, 2, **arguments)
