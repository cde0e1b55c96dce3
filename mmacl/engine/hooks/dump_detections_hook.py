"""Writes the detections of a test run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mmengine.dist import all_gather_object, is_main_process
from mmengine.hooks import Hook

from mmacl.engine.hooks.clustering_hook import bare_model
from mmacl.engine.selection import selection_of
from mmacl.localization import describe_detections, describe_results
from mmacl.registry import HOOKS
from mmacl.structures import ActionDataSample, ClusterMapping
from mmacl.utils import write_json_atomically


def detections_of(runner: Any, samples: Sequence[ActionDataSample]) -> dict[str, list[dict[str, Any]]]:
    """Detections by name of the video, as :func:`~mmacl.localization.describe_detections` puts them."""
    model = bare_model(runner)
    names = (model.cluster_mapping or ClusterMapping.anonymous(model.num_clusters)).class_names
    return {sample.video_name: describe_detections(sample.pred_instances, names) for sample in samples}


@HOOKS.register_module()
class DumpDetectionsHook(Hook):
    """Collect ``pred_instances`` of all processes and write them in ActivityNet's JSON form.

    Args:
        out: path of the file; it appears when the test is over, whole.
    """

    def __init__(self, out: str) -> None:
        self.out = out
        self._results: dict[str, list[dict[str, Any]]] = {}

    def before_test_epoch(self, runner: Any) -> None:
        """Start with no detections."""
        self._results = {}

    def after_test_iter(
        self, runner: Any, batch_idx: int, data_batch: Any = None, outputs: Sequence[ActionDataSample] | None = None
    ) -> None:
        """Take over the detections of a batch."""
        self._results.update(detections_of(runner, outputs or ()))

    def after_test_epoch(self, runner: Any, metrics: dict[str, float] | None = None) -> None:
        """Write one file, whatever the number of processes."""
        results: dict[str, list[dict[str, Any]]] = {}
        for share in all_gather_object(self._results):
            results.update(share)
        if not is_main_process():
            return
        meta = runner.test_dataloader.dataset.metainfo
        write_json_atomically(self.out, describe_results(results, meta, selection_of(runner)), indent=None)
        count = sum(map(len, results.values()))
        runner.logger.info(f'{count} segments of {len(results)} videos written to {self.out}')
