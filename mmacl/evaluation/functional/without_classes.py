"""Segments without their classes, to ask how well actions are found whatever they are called."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mmacl.evaluation.functional.segment_table import SegmentTable


def without_classes(table: SegmentTable) -> SegmentTable:
    """All segments as one class; class-agnostic AP is the AP of that class.

    Segments of a video with equal times are one afterwards, with the highest of their scores. Else a moment annotated
    as two actions would have to be found twice, and a cluster that stands for two actions would pay for finding it
    twice. Of equal scores the lowest row stays; rows keep their order.

    Args:
        table: ground truth or detections.
    """
    # Best first, so that the first of each group of equals is the one that stays.
    ranked = np.arange(len(table)) if table.scores is None else np.argsort(-table.scores, kind='stable')
    keys = np.column_stack([table.videos, table.segments])[ranked]
    first = np.unique(keys, axis=0, return_index=True)[1] if len(table) else np.zeros(0, dtype=np.int64)
    kept = table.take(np.sort(ranked[first]))
    return replace(kept, labels=np.zeros(len(kept), dtype=np.int64))
