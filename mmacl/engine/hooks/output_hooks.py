"""Write the outputs of a test: detections, attention, timelines."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from mmengine.dist import is_main_process
from mmengine.hooks import Hook

from mmacl.engine.distributed import gather_entries
from mmacl.engine.hooks.clustering_hook import bare_model
from mmacl.engine.run_facts import selection_of
from mmacl.localization import FoundSegments, results_in_pieces
from mmacl.registry import HOOKS
from mmacl.structures import ActionDataSample, ClusterMapping
from mmacl.utils.files import write_bytes_atomically, write_pieces_atomically


def detections_of(samples: Sequence[ActionDataSample] | None) -> dict[str, FoundSegments]:
    """Return the detections by name of the video."""
    return {sample.video_name: FoundSegments.best_of(sample.pred_instances) for sample in samples or ()}


def action_names(runner: Any) -> tuple[str, ...]:
    """Return the names of the actions of detections, in label order; without a mapping those of the clusters."""
    model = bare_model(runner)
    return (model.cluster_mapping or ClusterMapping.anonymous(model.num_clusters)).class_names


@HOOKS.register_module()
class DumpDetectionsHook(Hook):
    """Collect ``pred_instances`` of all processes and write them in ActivityNet's JSON form.

    Args:
        out: path of the file, written whole when the test ends.
    """

    def __init__(self, out: str) -> None:
        self.out = out
        self._results: dict[str, FoundSegments] = {}

    def before_test_epoch(self, runner: Any) -> None:
        """Start with no detections."""
        self._results = {}

    def after_test_iter(
        self, runner: Any, batch_idx: int, data_batch: Any = None, outputs: Sequence[ActionDataSample] | None = None
    ) -> None:
        """Collect the detections of a batch."""
        self._results.update(detections_of(outputs))

    def after_test_epoch(self, runner: Any, metrics: dict[str, float] | None = None) -> None:
        """Write the detections of all processes to one file."""
        results = gather_entries(self._results)
        if not is_main_process():
            return
        meta = runner.test_dataloader.dataset.metainfo
        pieces = results_in_pieces(results, action_names(runner), meta, selection_of(runner))
        write_pieces_atomically(self.out, pieces)
        count = sum(len(found.scores) for found in results.values())
        runner.logger.info(f'{count} segments of {len(results)} videos written to {self.out}')


@HOOKS.register_module()
class DumpAttentionHook(Hook):
    """Write one ``<video>.npz`` a video.

    Each holds ``class_specific_attention`` (T, C), ``class_agnostic_attention`` (T,) if the method has it,
    ``video_scores`` (C,), and the timing: ``snippet_duration`` and ``offset`` in seconds.

    Args:
        out_dir: the folder.
    """

    def __init__(self, out_dir: str) -> None:
        self.out_dir = Path(out_dir)

    def after_test_iter(
        self, runner: Any, batch_idx: int, data_batch: Any = None, outputs: Sequence[ActionDataSample] | None = None
    ) -> None:
        """Write the videos of a batch."""
        for sample in outputs or ():
            buffer = io.BytesIO()
            fields = ('class_specific_attention', 'class_agnostic_attention', 'video_scores')
            np.savez(
                buffer,
                **{name: sample.get(name).cpu().numpy() for name in fields if name in sample},
                snippet_duration=np.float64(sample.snippet_duration),
                offset=np.float64(sample.offset),
            )
            write_bytes_atomically(self.out_dir / f'{sample.video_name}.npz', buffer.getvalue())


@HOOKS.register_module()
class TimelineHook(Hook):
    """Draw ``<video>.png``: ground truth, detections and both attentions along the video.

    Args:
        show_dir: the folder.
    """

    def __init__(self, show_dir: str) -> None:
        self.show_dir = Path(show_dir)

    def after_test_iter(
        self, runner: Any, batch_idx: int, data_batch: Any = None, outputs: Sequence[ActionDataSample] | None = None
    ) -> None:
        """Draw the videos of a batch."""
        for sample in outputs or ():
            name = sample.video_name
            runner.visualizer.add_datasample(name, None, sample, out_file=str(self.show_dir / f'{name}.png'))
