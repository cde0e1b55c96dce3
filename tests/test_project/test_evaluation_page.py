"""The worked example of docs/en/evaluation.md is computed, not remembered."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mmacl.evaluation import PROTOCOLS, VIDEO_LISTS, SegmentTable, average_precision
from mmacl.evaluation.metrics.map_table import BEST_ON_TEST, STRICT

PAGE = (Path(__file__).resolve().parents[2] / 'docs/en/evaluation.md').read_text()


def table(first_heading):
    """Rows of the table whose first column is so called."""
    lines = PAGE.splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith(f'| {first_heading} |'))
    rows = []
    for line in lines[start + 2 :]:
        if not line.startswith('|'):
            return rows
        rows.append([cell.strip() for cell in line.strip('|').split('|')])
    return rows


def numbers(rows):
    return np.array([[float(cell) for cell in row[1:3]] for row in rows])


@pytest.fixture
def example():
    marked = table('instance')
    truth = [row for row in marked if row[0] != 'Ambiguous']
    ambiguous = [row for row in marked if row[0] == 'Ambiguous']
    found = table('detection')
    zeros = np.zeros
    return (
        SegmentTable(zeros(len(truth)), numbers(truth), zeros(len(truth))),
        SegmentTable(zeros(len(found)), numbers(found), zeros(len(found)), [float(row[3]) for row in found]),
        SegmentTable(zeros(len(ambiguous)), numbers(ambiguous), zeros(len(ambiguous))),
    )


def test_the_five_scores_of_the_example(example):
    truth, found, ambiguous = example
    stated = {row[0]: row[2] for row in table('protocol')}
    computed = {
        name: f'{100 * average_precision(truth, found, [0.5], name, 1, ambiguous)[0, 0]:.2f}' for name in PROTOCOLS
    }
    assert stated == computed
    assert len(set(stated.values())) == len(PROTOCOLS) == 5


def test_every_protocol_has_its_column():
    heading = next(line for line in PAGE.splitlines() if line.startswith('| | `'))
    assert [cell.strip(' `') for cell in heading.strip('|').split('|')[1:]] == list(PROTOCOLS)


def test_the_lists_and_their_counts():
    stated = [(row[0].strip('`'), int(row[1]), int(row[2].replace(',', ''))) for row in table('list')]
    assert stated == [(v.name, v.num_videos, v.num_instances) for v in VIDEO_LISTS.values()]


def test_the_words_of_the_strict_protocol():
    assert STRICT in PAGE
    assert BEST_ON_TEST in PAGE
