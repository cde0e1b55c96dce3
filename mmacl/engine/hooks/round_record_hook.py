"""Write the data that pictures and reports of a run are made from."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from mmengine.dist import get_rank, is_main_process
from mmengine.hooks import Hook
from numpy.typing import NDArray

from mmacl.engine.distributed import gather_entries
from mmacl.engine.hooks.output_hooks import action_names, detections_of
from mmacl.engine.run_facts import ground_truth, run_facts, selection_of
from mmacl.localization import FoundSegments, results_in_pieces
from mmacl.registry import HOOKS
from mmacl.structures import ActionDataSample, AttentionCurve
from mmacl.structures.attention_curve import save_curves
from mmacl.utils import write_json_atomically, write_text_atomically
from mmacl.utils.files import write_pieces_atomically

RECORDS = 'records'
"""Folder in the work_dir."""

# Segments of all videos that are recorded, and of each video even if they are more; a segment takes 120 bytes.
_SEGMENTS, _FEWEST = 1_000_000, 10
_ROWS = 4096


@HOOKS.register_module()
class RoundRecordHook(Hook):
    """Write ``records/`` into the work_dir: facts of the run, the ground truth, and the results of each round.

    ``run.json`` holds :func:`~mmacl.engine.run_facts.run_facts`, ``ground_truth.json`` the annotations of the training
    and validation videos, where there are any. In ``round_R/`` are ``representations.npy``, (N, D) float32, one row a
    training video in the order of ``clusters/round_R.json``, where the clusterer used any; ``detections.json``, the
    segments that the validation after the round found, as ``tools/test.py --out`` writes them, but of 10,000 videos or
    more only the best of each, about a million together, as ``external_data.best_of_each`` says; ``attention.npz``, see
    :func:`~mmacl.structures.attention_curve.save_curves`; and ``config.py``, the config that the round ended under.

    No training reads them; :class:`mmacl.apis.RunRecord` does.
    """

    priority = 'LOW'

    def __init__(self) -> None:
        self._detections: dict[str, FoundSegments] = {}
        self._most = _SEGMENTS
        self._cut = False
        self._curves: dict[str, AttentionCurve] = {}
        self._representations: NDArray[np.floating] | None = None

    def after_clustering(self, runner: Any, representations: NDArray[np.floating] | None) -> None:
        """Keep the representations until the records of an earlier run are moved aside."""
        self._representations = representations

    def before_train_epoch(self, runner: Any) -> None:
        """Write the representations at the start of a round."""
        if self._representations is not None and is_main_process():
            folder = _folder(runner, runner.train_loop.round)
            write_pieces_atomically(folder / 'representations.npy', _npy_in_pieces(self._representations))
        self._representations = None

    def before_val_epoch(self, runner: Any) -> None:
        """Start with no videos."""
        self._detections, self._curves = {}, {}
        self._most = max(_FEWEST, _SEGMENTS // max(len(runner.val_dataloader.dataset.video_names), 1))
        self._cut = False

    def after_val_iter(
        self, runner: Any, batch_idx: int, data_batch: Any = None, outputs: Sequence[ActionDataSample] | None = None
    ) -> None:
        """Collect the detections and curves of a batch."""
        for name, found in detections_of(outputs).items():
            self._cut |= len(found.scores) > self._most
            self._detections[name] = FoundSegments(*(values[: self._most].copy() for values in found))
        self._curves.update({sample.video_name: _curve_of(sample) for sample in outputs or ()})

    def after_train_round(self, runner: Any, round: int, metrics: dict[str, float]) -> None:
        """Write the results of all processes."""
        detections, curves = gather_entries(self._detections), gather_entries(self._curves)
        cut = any(gather_entries({str(get_rank()): self._cut}).values())
        self._detections, self._curves = {}, {}
        if not is_main_process():
            return
        records, folder = Path(runner.work_dir) / RECORDS, _folder(runner, round)
        folder.mkdir(parents=True, exist_ok=True)
        datasets = [runner.train_dataloader.dataset]
        if runner.val_loop is not None:
            datasets.append(runner.val_dataloader.dataset)
            kept = self._most if cut else None
            meta, names = datasets[-1].metainfo, action_names(runner)
            pieces = results_in_pieces(detections, names, meta, selection_of(runner), kept)
            write_pieces_atomically(folder / 'detections.json', pieces)
            save_curves(folder / 'attention.npz', dict(sorted(curves.items())))
        write_text_atomically(folder / 'config.py', runner.cfg.pretty_text)
        truth = ground_truth(*datasets)
        if truth is not None:
            write_json_atomically(records / 'ground_truth.json', truth, indent=None)
        # Last: a record without it is incomplete.
        write_json_atomically(records / 'run.json', run_facts(runner))


def _npy_in_pieces(rows: NDArray[np.floating[Any]]) -> Iterator[bytes]:
    """Write what ``numpy.save`` writes of the rows in float32, some rows at a time."""
    header = io.BytesIO()
    facts = {'descr': '<f4', 'fortran_order': False, 'shape': rows.shape}
    np.lib.format.write_array_header_1_0(header, facts)
    yield header.getvalue()
    for start in range(0, len(rows), _ROWS):
        yield np.ascontiguousarray(rows[start : start + _ROWS], dtype='<f4').tobytes()


def _folder(runner: Any, round_: int) -> Path:
    return Path(runner.work_dir) / RECORDS / f'round_{round_}'


def _curve_of(sample: ActionDataSample) -> AttentionCurve:
    cluster, agnostic = int(sample.video_scores.argmax()), sample.get('class_agnostic_attention')
    return AttentionCurve(
        class_specific=sample.class_specific_attention[:, cluster].float().cpu().numpy(),
        class_agnostic=None if agnostic is None else agnostic.float().cpu().numpy(),
        cluster=cluster,
        video_score=float(sample.video_scores[cluster]),
        snippet_duration=float(sample.snippet_duration),
        offset=float(sample.offset),
        duration=float(sample.duration),
    )
