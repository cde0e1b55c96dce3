"""Log the steps of training, a row a round, and at the end the Tables 3 and 4 of the paper."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from mmengine.dist import is_main_process
from mmengine.hooks import Hook, LoggerHook
from numpy.typing import NDArray

from mmacl.engine.checkpoint import trained_videos
from mmacl.engine.diagnose import diagnose
from mmacl.engine.hooks.clustering_hook import ClusteringHook, bare_model
from mmacl.engine.round_tables import (
    EMPTY,
    clustering_table,
    describe_overlap,
    diagnostics_table,
    localization_table,
)
from mmacl.engine.run_facts import selection_of
from mmacl.evaluation.metrics.map_table import STRICT
from mmacl.registry import HOOKS
from mmacl.structures import PseudoLabels
from mmacl.utils import derive_seed, write_json_atomically


@HOOKS.register_module()
class RoundLoggerHook(LoggerHook):
    """Log the steps of training; :class:`RoundSummaryHook` logs the metrics of a validation.

    The metrics of a test go to ``<work_dir>/<time>/<time>.json``, together with ``simulated``; the metric prints its
    table itself.
    """

    def after_val_epoch(self, runner: Any, metrics: dict[str, float] | None = None) -> None:
        """Do nothing: the metric has printed its table, and the row of the round follows."""

    def after_test_epoch(self, runner: Any, metrics: dict[str, float] | None = None) -> None:
        """Write the metrics of a test."""
        if is_main_process():
            simulated = bool(runner.test_dataloader.dataset.metainfo.get('simulated', False))
            found = {name: float(value) for name, value in (metrics or {}).items()}
            write_json_atomically(Path(runner.log_dir) / self.json_log_path, {**found, 'simulated': simulated})


@HOOKS.register_module()
class RoundSummaryHook(Hook):
    """Log a row for each round, as tables in the log and as scalars in ``vis_data/scalars.json``.

    A row holds ``round``, the ``cluster/*`` metrics of the round's pseudo-labels, the same by chance (``chance/*``),
    and the ``tal/*`` metrics of its validation, all as fractions; ``simulated: true`` if the data are simulated; and
    ``best_on_test: true`` if the run keeps the checkpoint that labels chose, which is not the strict protocol. Notes
    under the tables name empty clusters and videos that are both trained on and tested on. The checkpoint holds the
    rows; a resumed run first writes those of earlier rounds into its own log, so that each log is complete.

    Args:
        diagnostics: whether to measure each clustering without labels too, ``diagnostics/*``, see :func:`diagnose`. No
            weight depends on it.
    """

    priority = 'LOW'

    def __init__(self, diagnostics: bool = True) -> None:
        self.diagnostics = diagnostics
        self._labels: PseudoLabels | None = None
        self.rows: list[dict[str, Any]] = []
        self._clustering: dict[str, float] = {}
        self._empty: list[int] = []
        self._trained_on: tuple[str, ...] = ()

    def before_train(self, runner: Any) -> None:
        """Start with the rows of a resumed checkpoint, or with none."""
        if runner.epoch == 0:
            self.rows, self._clustering, self._empty, self._labels = [], {}, [], None
        runner.train_loop.last_finished_round = len(self.rows)
        for row in self.rows:
            self._write(runner, row)
        if note := _overlap_of(runner):
            runner.logger.warning(note)

    def after_clustering(
        self,
        runner: Any,
        metrics: dict[str, float],
        labels: PseudoLabels,
        representations: NDArray[np.float64] | None = None,
        round: int = 1,
    ) -> None:
        """Keep the clustering metrics, the diagnostics and the empty clusters for the row of the round."""
        self._clustering, self._empty = dict(metrics), labels.empty_clusters
        if self.diagnostics and representations is not None and is_main_process():
            of_clusters = next(hook for hook in runner.hooks if isinstance(hook, ClusteringHook))
            self._clustering |= diagnose(
                bare_model(runner),
                runner.train_dataloader.dataset,
                of_clusters.clusterer,
                of_clusters.pooling,
                labels,
                self._labels,
                representations,
                derive_seed(runner.seed, round, 2),
            )
        self._labels = labels

    def after_train_round(self, runner: Any, round: int, metrics: dict[str, float]) -> None:
        """Add the row of the round and print its clustering table (the validation has printed the mAP table)."""
        row: dict[str, Any] = {'round': round}
        named = {name if '/' in name else f'cluster/{name}': float(value) for name, value in self._clustering.items()}
        row.update(named)
        row.update({name: float(value) for name, value in metrics.items()})
        if self._simulated(runner):
            row['simulated'] = True
        if selection_of(runner) != STRICT:
            row['best_on_test'] = True
        if self._empty:
            row[EMPTY] = list(self._empty)
        self.rows.append(row)
        self._write(runner, row)
        simulated, when = self._simulated(runner), f'round {round}'
        tables = _clustering_tables([row], f'Clustering, {when}', f'Clustering without labels, {when}', simulated)
        if tables:
            runner.logger.info('\n'.join(['', *tables]))
        else:
            runner.logger.info(
                f'Round {round}: labels are in clusters/round_{round}.json; no clustering was measured '
                '(no annotations, labels from annotations, or several labels for every video)'
            )

    def after_train(self, runner: Any) -> None:
        """Print both tables over all rounds."""
        simulated = self._simulated(runner)
        title = f'Localization by round, fused streams, mAP (%){_facts(runner)}'
        titles = 'Clustering of the training videos by round', 'Clustering without labels by round'
        clustering = '\n'.join(_clustering_tables(self.rows, *titles, simulated))
        localization = localization_table(self.rows, title, simulated)
        for table, note in ((clustering, ''), (localization, _overlap_of(runner))):
            if table:
                runner.logger.info('\n'.join(['', table, *filter(None, [note])]))

    def after_test_epoch(self, runner: Any, metrics: dict[str, float] | None = None) -> None:
        """Name under the table of a test the videos that were trained on."""
        note = describe_overlap(self._trained_on, getattr(runner.test_dataloader.dataset, 'video_names', ()))
        if metrics and note:
            runner.logger.warning(note)

    def before_save_checkpoint(self, runner: Any, checkpoint: dict[str, Any]) -> None:
        """Store the rows, and the clustering metrics of the running round."""
        checkpoint['rounds'] = {
            'rows': [dict(row) for row in self.rows],
            'clustering': dict(self._clustering),
            EMPTY: list(self._empty),
        }

    def after_load_checkpoint(self, runner: Any, checkpoint: dict[str, Any]) -> None:
        """Restore the rows."""
        state = checkpoint.get('rounds', {'rows': [], 'clustering': {}})
        self.rows, self._clustering = [dict(row) for row in state['rows']], dict(state['clustering'])
        self._empty = list(state.get(EMPTY, ()))
        self._trained_on = trained_videos(checkpoint) or ()
        labels = checkpoint.get('clustering', {}).get('labels')
        self._labels = None if labels is None else PseudoLabels.from_state_dict(labels)

    @staticmethod
    def _simulated(runner: Any) -> bool:
        return bool(runner.train_dataloader.dataset.metainfo.get('simulated', False))

    @staticmethod
    def _write(runner: Any, row: dict[str, Any]) -> None:
        runner.visualizer.add_scalars({name: value for name, value in row.items() if name != EMPTY}, step=row['round'])


def _clustering_tables(rows: list[dict[str, Any]], title: str, unlabelled: str, simulated: bool) -> list[str]:
    """Draw what was measured with labels, and what without, each under its title."""
    drawn = [clustering_table(rows, title, simulated), diagnostics_table(rows, unlabelled, simulated)]
    return [table for table in drawn if table]


def _overlap_of(runner: Any) -> str:
    """Name the videos of the validation that are trained on."""
    datasets = [] if runner.val_loop is None else [runner.train_dataloader.dataset, runner.val_dataloader.dataset]
    names = [getattr(dataset, 'video_names', ()) for dataset in datasets]
    return describe_overlap(*names) if names else ''


def _facts(runner: Any) -> str:
    """Say how and on what localization was scored, and how the model was selected."""
    metrics = [] if runner.val_loop is None else runner.val_loop.evaluator.metrics
    facts = [str(known) for metric in metrics if (known := getattr(metric, 'facts', None)) is not None]
    selection = selection_of(runner)
    return '; '.join(['', *facts, *([] if any(selection in fact for fact in facts) else [selection])])
