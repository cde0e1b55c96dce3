"""Log the steps of training, a row a round, and at the end the Tables 3 and 4 of the paper."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mmengine.dist import is_main_process
from mmengine.hooks import Hook, LoggerHook

from mmacl.engine.checkpoint import trained_videos
from mmacl.engine.round_tables import EMPTY, clustering_table, describe_overlap, localization_table
from mmacl.engine.run_facts import selection_of
from mmacl.evaluation.metrics.map_table import STRICT
from mmacl.registry import HOOKS
from mmacl.structures import PseudoLabels
from mmacl.utils import write_json_atomically


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
    """

    priority = 'LOW'

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self._clustering: dict[str, float] = {}
        self._empty: list[int] = []
        self._trained_on: tuple[str, ...] = ()

    def before_train(self, runner: Any) -> None:
        """Start with the rows of a resumed checkpoint, or with none."""
        if runner.epoch == 0:
            self.rows, self._clustering, self._empty = [], {}, []
        runner.train_loop.last_finished_round = len(self.rows)
        for row in self.rows:
            self._write(runner, row)
        if note := _overlap_of(runner):
            runner.logger.warning(note)

    def after_clustering(self, runner: Any, metrics: dict[str, float], labels: PseudoLabels) -> None:
        """Keep the clustering metrics and the empty clusters for the row of the round."""
        self._clustering, self._empty = dict(metrics), labels.empty_clusters

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
        if self._clustering:
            runner.logger.info('\n' + clustering_table([row], f'Clustering, round {round}', self._simulated(runner)))
        else:
            runner.logger.info(
                f'Round {round}: labels are in clusters/round_{round}.json; no clustering was measured '
                '(no annotations, labels from annotations, or several labels for every video)'
            )

    def after_train(self, runner: Any) -> None:
        """Print both tables over all rounds."""
        simulated = self._simulated(runner)
        title = f'Localization by round, fused streams, mAP (%){_facts(runner)}'
        clustering = clustering_table(self.rows, 'Clustering of the training videos by round', simulated)
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

    @staticmethod
    def _simulated(runner: Any) -> bool:
        return bool(runner.train_dataloader.dataset.metainfo.get('simulated', False))

    @staticmethod
    def _write(runner: Any, row: dict[str, Any]) -> None:
        runner.visualizer.add_scalars({name: value for name, value in row.items() if name != EMPTY}, step=row['round'])


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
