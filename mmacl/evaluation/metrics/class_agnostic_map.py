"""Average precision of actions whatever they are called."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mmengine.logging import print_log

from mmacl.evaluation.functional import SegmentTable, without_classes
from mmacl.evaluation.metrics.temporal_map import TemporalMAP
from mmacl.registry import METRICS


@METRICS.register_module()
class ClassAgnosticMAP(TemporalMAP):
    """As :class:`TemporalMAP`, but all actions are one class: how well are they found in time?

    The difference from mAP is what wrong names cost, and in the unsupervised setting what clusters cost. Segments of a
    video with equal times count once, see :func:`without_classes`. Keys, after the prefix ``agnostic``: ``mAP@0.5``,
    ``rgb/mAP@0.5``. Arguments are those of :class:`TemporalMAP`.
    """

    default_prefix = 'agnostic'

    def _compared(
        self, ground_truths: SegmentTable, detections: dict[str, SegmentTable], classes: Sequence[str]
    ) -> tuple[SegmentTable, dict[str, SegmentTable], Sequence[str]]:
        merged = {stream: without_classes(table) for stream, table in detections.items()}
        return without_classes(ground_truths), merged, ('any action',)

    def _log_tables(self, *args: Any) -> None:
        print_log('Class-agnostic: all actions are one class; segments with equal times count once', logger='current')
        super()._log_tables(*args)
