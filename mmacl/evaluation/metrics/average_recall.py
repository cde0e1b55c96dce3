"""Average recall of proposals over a data set, fused and for each stream alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from mmengine.evaluator import BaseMetric
from mmengine.logging import print_log
from terminaltables import AsciiTable

from mmacl.evaluation.functional import PROPOSAL_THRESHOLDS, average_recall
from mmacl.evaluation.functional.average_precision import checked_thresholds
from mmacl.evaluation.ground_truth import GroundTruth
from mmacl.evaluation.metrics.collected_segments import FUSED, each_video_once, ground_truth_of, segments_of, stacked
from mmacl.registry import METRICS
from mmacl.utils import InputError


@METRICS.register_module()
class AverageRecall(BaseMetric):
    """AR@AN: recall of the best AN proposals per video on average, mean over thresholds; labels are not read.

    :func:`mmacl.evaluation.functional.average_recall` defines it. Keys, after the prefix: ``AR@10``, ``AR@100``,
    ``AUC`` (area under AR from 1 to the largest number, over that number), and for a stream ``rgb/AR@10``. Values are
    fractions; a table in per cent goes to the log. Without ground truth one line says so, and nothing is returned.

    Segments that differ in label only are separate proposals: a cluster that stands for two actions uses its budget
    twice.

    Args:
        tiou_thresholds: each in (0, 1].
        numbers: average numbers of proposals per video, each at least 1.
        collect_device: how processes exchange results, see :class:`TemporalMAP`.
        prefix: first part of the keys.
        collect_dir: folder for ``collect_device='cpu'``.

    Raises:
        InputError: a threshold outside (0, 1], no number, or one below 1.
    """

    default_prefix = 'proposal'

    def __init__(
        self,
        tiou_thresholds: Sequence[float] = PROPOSAL_THRESHOLDS,
        numbers: Sequence[int] = (1, 5, 10, 50, 100),
        collect_device: str = 'gpu',
        prefix: str | None = None,
        collect_dir: str | None = None,
    ) -> None:
        super().__init__(collect_device=collect_device, prefix=prefix, collect_dir=collect_dir)
        if not numbers or min(numbers) < 1:
            raise InputError(
                f'numbers={list(numbers)} are not one or more numbers of proposals per video, each at least 1'
            )
        self.tiou_thresholds = checked_thresholds(tiou_thresholds)
        self.numbers = tuple(numbers)

    def process(self, data_batch: Any, data_samples: Sequence[dict[str, Any]]) -> None:
        """Keep the segments of a batch.

        Args:
            data_batch: not used.
            data_samples: dicts as :func:`segments_of` takes them.
        """
        self.results += [segments_of(sample) for sample in data_samples]

    def compute_metrics(self, results: list[dict[str, Any]]) -> dict[str, float]:
        """Score what all processes kept.

        Args:
            results: one dict a video, some possibly twice.
        """
        videos = each_video_once(results)
        truth = ground_truth_of(videos)
        if not len(truth.instances):
            print_log(f'No ground truth, so no average recall: {len(videos)} videos', logger='current')
            return {}
        scores: dict[str, dict[str, float]] = {}
        for stream, proposals in stacked(videos, truth.video_names).items():
            curve = average_recall(truth.instances, proposals, self.tiou_thresholds, max(self.numbers))
            scores[stream] = {**{f'AR@{number}': curve.at(number) for number in self.numbers}, 'AUC': curve.area}
        self._log_table(scores, truth)
        return {
            key if stream == FUSED else f'{stream}/{key}': value
            for stream, row in scores.items()
            for key, value in row.items()
        }

    def _log_table(self, scores: dict[str, dict[str, float]], truth: GroundTruth) -> None:
        meta = self.dataset_meta or {}
        facts = [
            f'tIoU {self.tiou_thresholds.min():g} to {self.tiou_thresholds.max():g}',
            str(meta.get('dataset_name', '')),
            f'{len(np.unique(truth.instances.videos))} videos with ground truth',
            f'{len(truth.instances)} instances',
            str(truth.clipping),
            'simulated data' if meta.get('simulated', False) else '',
        ]
        rows = [[stream, *(f'{100 * value:.2f}' for value in row.values())] for stream, row in scores.items()]
        table = AsciiTable([['Stream', *scores[FUSED]], *rows])
        for column in range(1, len(rows[0])):
            table.justify_columns[column] = 'right'
        print_log(f'\nAverage recall (%): {", ".join(filter(None, facts))}\n{table.table}', logger='current')
