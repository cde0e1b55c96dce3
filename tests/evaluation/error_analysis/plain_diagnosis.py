"""The error analysis in plain loops, written from its description: nothing shared with the package.

Rows of ground truth are (video, start, end, label), of detections (video, start, end, label, score). The loops take
times in whole tenths of a second, so that equal overlaps are equal to the last bit; the package gets seconds.
"""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from mmacl.evaluation.functional import SegmentTable

_SPAN = st.tuples(st.integers(0, 2), st.integers(0, 10), st.integers(0, 8), st.integers(0, 2))
TRUTHS = st.lists(_SPAN, min_size=1, max_size=9).map(lambda rows: [(v, s, s + n, c) for v, s, n, c in rows])
FOUND = st.lists(st.tuples(_SPAN, st.integers(0, 4)), max_size=25).map(
    lambda rows: [(v, s, s + n, c, score / 4) for (v, s, n, c), score in rows]
)
NAMES = ('true positive', 'double detection', 'wrong label', 'localization', 'confusion', 'background')


def tables(truth, found):
    truth, found = np.array(truth, dtype=float).reshape(-1, 4), np.array(found, dtype=float).reshape(-1, 5)
    return (
        SegmentTable(truth[:, 0], truth[:, 1:3] / 10, truth[:, 3]),
        SegmentTable(found[:, 0], found[:, 1:3] / 10, found[:, 3], found[:, 4]),
    )


def tiou(a, b):
    overlap = max(0.0, min(a[2], b[2]) - max(a[1], b[1]))
    union = a[2] - a[1] + b[2] - b[1] - overlap
    return overlap / union if union > 0 else 0.0


def ranked(found):
    """Row numbers by falling score; Python's sort is stable."""
    return sorted(range(len(found)), key=lambda i: -found[i][4])


def match(truth, found, threshold):
    """Row of the instance that each detection found, or None."""
    result, taken = [None] * len(found), set()
    for i in ranked(found):
        best, best_tiou = None, 0.0
        for j, row in enumerate(truth):
            if row[0] == found[i][0] and row[3] == found[i][3] and j not in taken and tiou(row, found[i]) > best_tiou:
                best, best_tiou = j, tiou(row, found[i])
        if best is not None and best_tiou >= threshold:
            result[i] = best
            taken.add(best)
    return result


def error_type(truth, row, hit, threshold, min_tiou):
    if hit is not None:
        return 'true positive'
    same = max((tiou(row, other) for other in truth if other[0] == row[0] and other[3] == row[3]), default=0.0)
    foreign = max((tiou(row, other) for other in truth if other[0] == row[0] and other[3] != row[3]), default=0.0)
    best = max(same, foreign)
    if best >= threshold:
        return 'double detection' if same == best else 'wrong label'
    if best >= min_tiou and best > 0:
        return 'localization' if same == best else 'confusion'
    return 'background'


def precisions(hits, number, norm):
    result = []
    for rank in range(1, len(hits) + 1):
        recall = sum(hits[:rank]) / number
        result.append(recall * norm / (recall * norm + rank - sum(hits[:rank])))
    return result


def average_precision(hits, number, norm):
    curve = precisions(hits, number, norm)
    return sum(max(curve[rank:]) for rank, hit in enumerate(hits) if hit) / number
