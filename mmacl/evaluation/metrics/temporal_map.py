"""Mean average precision over a data set, fused and for each stream alone (Sec. 4.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from mmengine.evaluator import BaseMetric
from mmengine.logging import print_log
from numpy.typing import NDArray

from mmacl.evaluation.functional import (
    READ_AMBIGUOUS,
    SegmentTable,
    average_precision,
    coco_scores,
    mean_over_classes,
    whole_videos,
    without_classes,
)
from mmacl.evaluation.functional.average_precision import protocol_named
from mmacl.evaluation.functional.coco_figures import LENGTH_BOUNDS, checked_length_bounds
from mmacl.evaluation.ground_truth import GroundTruth
from mmacl.evaluation.metrics.collected_segments import FUSED, each_video_once, ground_truth_of, segments_of, stacked
from mmacl.evaluation.metrics.map_table import STRICT, ScoringFacts, TIoUColumns, class_table, coco_table, map_table
from mmacl.evaluation.video_lists import video_list_named
from mmacl.registry import METRICS
from mmacl.utils import InputError

WHOLE_VIDEO = 'whole-video'
"""Name of the baseline that ignores time."""


@METRICS.register_module()
class TemporalMAP(BaseMetric):
    """MAP at thresholds of temporal IoU, of the fused predictions and of each ``<modality>_pred_instances``.

    Keys, after the prefix: ``mAP@0.3``, ``mAP@avg(0.3:0.7)``, and for a stream ``rgb/mAP@0.3``. Values are fractions. A
    table in per cent goes to the log, with the facts that a comparison needs. Without ground truth one line says so,
    and nothing is returned. The protocol ``'coco'`` adds ``AP``, ``AP50``, ``AP75``, ``AP_short``,
    ``AP_medium``, ``AP_long`` (where there are such instances), ``AR@1``, ``AR@10``, ``AR@100`` and a second table.

    A video that a sampler repeats to fill the last batch counts once. Videos are scored in order of their names, so the
    order of equal scores does not depend on the number of processes.

    The table says how the model was selected. In the strict protocol the last checkpoint counts and labels choose
    nothing. Code that loads another checkpoint sets the attribute ``selection`` (``AtomicCheckpointHook`` does).

    Args:
        tiou_thresholds: each in (0, 1].
        averages: pairs (lowest, highest) of thresholds; the mean over all thresholds from one to the other is reported.
        protocol: a scorer in :data:`mmacl.evaluation.functional.PROTOCOLS`.
        video_list: a list in :data:`mmacl.evaluation.VIDEO_LISTS`: only its videos and instances count, and they must
            match its counts. None: all videos.
        length_bounds: seconds up to which an instance is short, and medium, for the protocol ``'coco'``.
        baseline: ``'whole-video'`` adds a row and keys such as ``whole-video/mAP@0.3`` for :func:`whole_videos` of the
            fused predictions, the score of their classes alone. None: no baseline.
        classwise: also log a table of the fused AP by class.
        collect_device: how processes exchange results: ``'gpu'``, through the process group (with gloo in memory), or
            ``'cpu'``, through files in a folder that all processes see.
        prefix: first part of the keys.
        collect_dir: that folder, for ``'cpu'``.

    Attributes:
        facts: of the last score, in the process that scores; None before.

    Raises:
        InputError: an unknown protocol, baseline or video list, a threshold outside (0, 1], an average whose ends are
            no thresholds, or bounds of length that do not rise.
    """

    default_prefix = 'tal'

    def __init__(
        self,
        tiou_thresholds: Sequence[float] = (0.3, 0.4, 0.5, 0.6, 0.7),
        averages: Sequence[tuple[float, float]] = ((0.3, 0.7),),
        protocol: str = 'activitynet',
        classwise: bool = False,
        collect_device: str = 'gpu',
        prefix: str | None = None,
        collect_dir: str | None = None,
        video_list: str | None = None,
        length_bounds: Sequence[float] = LENGTH_BOUNDS['thumos14'],
        baseline: str | None = None,
    ) -> None:
        super().__init__(collect_device=collect_device, prefix=prefix, collect_dir=collect_dir)
        protocol_named(protocol)
        self.columns = TIoUColumns(tiou_thresholds, averages)
        self.protocol = protocol
        self.length_bounds = checked_length_bounds(length_bounds)
        if baseline not in (None, WHOLE_VIDEO):
            raise InputError(f'baseline {baseline!r} is not known', remedy=f"choose '{WHOLE_VIDEO}' or None")
        self.baseline = baseline
        self.facts: ScoringFacts | None = None
        self.video_list = None if video_list is None else video_list_named(video_list)
        self.selection = STRICT
        self.classwise = classwise

    def process(self, data_batch: Any, data_samples: Sequence[dict[str, Any]]) -> None:
        """Keep the segments of a batch.

        Args:
            data_batch: not used.
            data_samples: dicts with ``video_name``, ``pred_instances``, and optionally ``gt_instances``,
                ``gt_ambiguous`` and ``<modality>_pred_instances``, each a dict of arrays.

        Raises:
            InputError: a sample has no predictions.
        """
        for sample in data_samples:
            self.results.append(segments_of(sample))

    def compute_metrics(self, results: list[dict[str, Any]]) -> dict[str, float]:
        """Score the segments of all processes.

        Args:
            results: one dict a video, some possibly twice.

        Raises:
            InputError: there is ground truth but no list of classes, or a label is not in it.
        """
        videos = each_video_once(results)
        if not any(len(video['ground_truth'].get('labels', ())) for video in videos):
            predicted = sum(len(video['streams'][FUSED]['labels']) for video in videos)
            print_log(f'No ground truth, so no mAP: {len(videos)} videos, {predicted} segments predicted', 'current')
            return {}

        truth = ground_truth_of(videos, self._classes(), self.video_list)
        detections = stacked(videos, truth.video_names)
        if self.baseline:
            detections[WHOLE_VIDEO] = whole_videos(detections[FUSED], truth.durations)[0]
        instances, detections, classes = self._compared(truth.instances, detections, truth.classes)
        precisions = {
            stream: average_precision(
                instances, table, self.columns.thresholds, self.protocol, len(classes), truth.ambiguous
            )
            for stream, table in detections.items()
        }
        scores = {stream: self.columns.of(mean_over_classes(table)) for stream, table in precisions.items()}
        num_instances = np.bincount(instances.labels, minlength=len(classes))
        self._log_tables(truth, classes, num_instances, scores, precisions)
        figures = {
            stream: {f'mAP@{column}': float(value) for column, value in row.items()} for stream, row in scores.items()
        }
        if self.protocol == 'coco':
            coco = {
                stream: coco_scores(instances, table, len(classes), truth.ambiguous, length_bounds=self.length_bounds)
                for stream, table in detections.items()
            }
            assert self.facts is not None
            print_log('\n' + coco_table(coco, self.facts), logger='current')
            for stream, row in coco.items():
                figures[stream] |= {name: value for name, value in row.summary().items() if not np.isnan(value)}
        return {
            name if stream == FUSED else f'{stream}/{name}': value
            for stream, row in figures.items()
            for name, value in row.items()
        }

    def _compared(
        self, ground_truths: SegmentTable, detections: dict[str, SegmentTable], classes: Sequence[str]
    ) -> tuple[SegmentTable, dict[str, SegmentTable], Sequence[str]]:
        """Return the segments to score and the names of their classes; a subclass may change them."""
        return ground_truths, detections, classes

    def _log_tables(
        self,
        truth: GroundTruth,
        classes: Sequence[str],
        num_instances: NDArray[np.int64],
        scores: Mapping[str, Mapping[str, Any]],
        precisions: Mapping[str, NDArray[np.float64]],
    ) -> None:
        meta = self.dataset_meta or {}
        facts = ScoringFacts(
            protocol=self.protocol,
            dataset=str(meta.get('dataset_name', '')) if self.video_list is None else f'list {self.video_list.name}',
            num_videos=len(truth.video_names),
            num_instances=int(num_instances.sum()),
            num_classes=int(np.count_nonzero(num_instances)),
            simulated=bool(meta.get('simulated', False)),
            num_ambiguous=len(truth.ambiguous) if self.protocol in READ_AMBIGUOUS else None,
            selection=self.selection,
            clipping=truth.clipping,
        )
        self.facts = facts
        print_log('\n' + map_table(scores, facts), logger='current')
        if self.classwise:
            columns = self.columns.of(precisions[FUSED])
            values = np.stack(list(columns.values()))
            print_log('\n' + class_table(classes, num_instances, list(columns), values, facts), logger='current')

    def _classes(self) -> Sequence[str]:
        classes = (self.dataset_meta or {}).get('classes')
        if classes is None:
            raise InputError(
                "there is ground truth, but the metainfo of the data set has no 'classes'",
                remedy='give the data set the names of its classes',
            )
        return classes


@METRICS.register_module()
class ClassAgnosticMAP(TemporalMAP):
    """As :class:`TemporalMAP`, but all actions are one class: how well are they found in time?

    The difference from mAP is the cost of wrong names, in the unsupervised setting of the clusters. Segments of a
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
