"""Mean average precision over a data set, fused and for each stream alone (Sec. 4.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from mmengine.evaluator import BaseMetric
from mmengine.logging import print_log
from numpy.typing import NDArray

from mmacl.evaluation.functional import SegmentTable, average_precision, mean_over_classes
from mmacl.evaluation.functional.average_precision import protocol_named
from mmacl.evaluation.metrics.map_table import ScoringFacts, class_table, map_table
from mmacl.evaluation.metrics.tiou_columns import TIoUColumns
from mmacl.registry import METRICS
from mmacl.utils import InputError

FUSED = 'fused'
_PREDICTIONS = 'pred_instances'


@METRICS.register_module()
class TemporalMAP(BaseMetric):
    """MAP at thresholds of temporal IoU, of the fused predictions and of each ``<modality>_pred_instances``.

    Keys, after the prefix: ``mAP@0.3``, ``mAP@avg(0.3:0.7)``, and for a stream ``rgb/mAP@0.3``. Values are fractions. A
    table in per cent goes to the log, with what a reader must know to compare it. Without any ground truth one line
    says so, and nothing is returned.

    A video counts once, however often a sampler repeated it to fill the last batch. Videos are scored in order of their
    names, so equal scores are broken alike whatever the number of processes.

    Args:
        tiou_thresholds: each in (0, 1].
        averages: pairs (lowest, highest) of thresholds; the mean over all thresholds from one to the other is reported.
        protocol: a scorer in :data:`mmacl.evaluation.functional.PROTOCOLS`.
        classwise: also log a table of the fused AP by class.
        collect_device: how processes exchange results: ``'gpu'`` through the process group, which with gloo means
            memory; ``'cpu'`` through files in a folder that all of them see.
        prefix: first part of the keys.
        collect_dir: that folder, for ``'cpu'``.

    Attributes:
        facts: what was scored last, in the process that scores; None before.

    Raises:
        InputError: an unknown protocol, a threshold outside (0, 1], or an average whose ends are no thresholds.
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
    ) -> None:
        super().__init__(collect_device=collect_device, prefix=prefix, collect_dir=collect_dir)
        protocol_named(protocol)
        self.columns = TIoUColumns(tiou_thresholds, averages)
        self.protocol = protocol
        self.facts: ScoringFacts | None = None
        self.classwise = classwise

    def process(self, data_batch: Any, data_samples: Sequence[dict[str, Any]]) -> None:
        """Keep the segments of a batch.

        Args:
            data_batch: not used.
            data_samples: dicts with ``video_name``, ``pred_instances``, and optionally ``gt_instances`` and
                ``<modality>_pred_instances``, each a dict of arrays.

        Raises:
            InputError: a sample has no predictions.
        """
        for sample in data_samples:
            if _PREDICTIONS not in sample:
                raise InputError(
                    f'video {sample["video_name"]!r} comes without {_PREDICTIONS}; '
                    "score what the model gives in mode 'predict'"
                )
            streams = {
                key.removesuffix(_PREDICTIONS).rstrip('_') or FUSED: _arrays(value, 'segments', 'labels', 'scores')
                for key, value in sample.items()
                if key == _PREDICTIONS or key.endswith(f'_{_PREDICTIONS}')
            }
            ground_truth = _arrays(sample.get('gt_instances', {}), 'segments', 'labels')
            self.results.append({'video_name': sample['video_name'], 'ground_truth': ground_truth, 'streams': streams})

    def compute_metrics(self, results: list[dict[str, Any]]) -> dict[str, float]:
        """Score what all processes kept.

        Args:
            results: one dict a video, some possibly twice.

        Raises:
            InputError: there is ground truth but no names of classes, or a label is not one of them.
        """
        by_name = {result['video_name']: result for result in reversed(results)}
        videos = [by_name[name] for name in sorted(by_name)]
        ground_truths = SegmentTable.from_videos([video['ground_truth'] for video in videos], scored=False)
        # By name, the fused predictions first: a data sample keeps its fields in no particular order.
        streams = [FUSED, *sorted({stream for video in videos for stream in video['streams']} - {FUSED})]
        detections = {
            stream: SegmentTable.from_videos([video['streams'].get(stream, {}) for video in videos], scored=True)
            for stream in streams
        }
        if not len(ground_truths):
            print_log(
                f'No ground truth, so no mAP: {len(videos)} videos, {len(detections[FUSED])} segments predicted',
                logger='current',
            )
            return {}

        classes = self._classes()
        precisions = {
            stream: average_precision(ground_truths, table, self.columns.thresholds, self.protocol, len(classes))
            for stream, table in detections.items()
        }
        scores = {stream: self.columns.of(mean_over_classes(table)) for stream, table in precisions.items()}
        self._log_tables(
            len(videos), classes, np.bincount(ground_truths.labels, minlength=len(classes)), scores, precisions
        )
        return {
            f'mAP@{column}' if stream == FUSED else f'{stream}/mAP@{column}': float(value)
            for stream, row in scores.items()
            for column, value in row.items()
        }

    def _log_tables(
        self,
        num_videos: int,
        classes: Sequence[str],
        num_instances: NDArray[np.int64],
        scores: Mapping[str, Mapping[str, Any]],
        precisions: Mapping[str, NDArray[np.float64]],
    ) -> None:
        meta = self.dataset_meta or {}
        facts = ScoringFacts(
            protocol=self.protocol,
            dataset=str(meta.get('dataset_name', '')),
            num_videos=num_videos,
            num_instances=int(num_instances.sum()),
            num_classes=int(np.count_nonzero(num_instances)),
            simulated=bool(meta.get('simulated', False)),
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
                "there is ground truth, but the data set's metainfo names no 'classes'; give the data set their names"
            )
        return classes


def _arrays(instances: Mapping[str, Any], *names: str) -> dict[str, NDArray[Any]]:
    """The named columns of an ``InstanceData`` that became a dict; of none, none."""
    return {name: np.asarray(instances[name]) for name in names} if instances else {}
