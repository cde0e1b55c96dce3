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
    """Log the steps of training; leave the metrics of a validation to :class:`RoundSummaryHook`.

    It writes them once a round, in one row together with the clustering metrics. The metrics of a test go to
    ``<work_dir>/<time>/<time>.json``, with ``simulated`` beside them; the metric has printed its table.
    """

    def after_val_epoch(self, runner: Any, metrics: dict[str, float] | None = None) -> None:
        """Nothing: the metric has printed its table, and the round's row follows."""

    def after_test_epoch(self, runner: Any, metrics: dict[str, float] | None = None) -> None:
        """Write the metrics of a test."""
        if is_main_process():
            simulated = bool(runner.test_dataloader.dataset.metainfo.get('simulated', False))
            found = {name: float(value) for name, value in (metrics or {}).items()}
            write_json_atomically(Path(runner.log_dir) / self.json_log_path, {**found, 'simulated': simulated})


@HOOKS.register_module()
class RoundSummaryHook(Hook):
    """One row a round, as tables in the log and as scalars in ``vis_data/scalars.json``.

    A row holds ``round``, the ``cluster/*`` metrics of the round's pseudo-labels and what they are by chance
    (``chance/*``), the ``tal/*`` metrics of its
    validation, all as fractions, ``simulated: true`` where the data are simulated, and ``best_on_test: true`` where the
    run keeps the checkpoint that labels chose, which is not the strict protocol. Tables say where videos are trained on
    and tested on, and which clusters are empty. Rows travel in the checkpoint; a
    resumed run writes those of earlier rounds into its own log first, so that each log is complete.
    """

    priority = 'LOW'

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self._clustering: dict[str, float] = {}
        self._empty: list[int] = []
        self._trained_on: tuple[str, ...] = ()

    def before_train(self, runner: Any) -> None:
        """Go on from the rows of a resumed checkpoint, or from none."""
        if runner.epoch == 0:
            self.rows, self._clustering, self._empty = [], {}, []
        runner.train_loop.last_finished_round = len(self.rows)
        for row in self.rows:
            self._write(runner, row)
        if note := _overlap_of(runner):
            runner.logger.warning(note)

    def after_clustering(self, runner: Any, metrics: dict[str, float], labels: PseudoLabels) -> None:
        """Keep the round's clustering metrics and empty clusters for its row."""
        self._clustering, self._empty = dict(metrics), labels.empty_clusters

    def after_train_round(self, runner: Any, round: int, metrics: dict[str, float]) -> None:
        """Add the round's row; print its clustering table (validation has printed the mAP table)."""
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
                '(no annotations, labels that are the annotations, or several labels for every video)'
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
        """Say under the table of a test which of its videos were trained on."""
        note = describe_overlap(self._trained_on, getattr(runner.test_dataloader.dataset, 'video_names', ()))
        if metrics and note:
            runner.logger.warning(note)

    def before_save_checkpoint(self, runner: Any, checkpoint: dict[str, Any]) -> None:
        """Store the rows so far and the clustering metrics of the running round."""
        checkpoint['rounds'] = {
            'rows': [dict(row) for row in self.rows],
            'clustering': dict(self._clustering),
            EMPTY: list(self._empty),
        }

    def after_load_checkpoint(self, runner: Any, checkpoint: dict[str, Any]) -> None:
        """Take the rows back."""
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
    """Which videos of the validation are trained on."""
    datasets = [] if runner.val_loop is None else [runner.train_dataloader.dataset, runner.val_dataloader.dataset]
    names = [getattr(dataset, 'video_names', ()) for dataset in datasets]
    return describe_overlap(*names) if names else ''


def _facts(runner: Any) -> str:
    """What the localization was scored by and on, as the metric knows it, and how the model was selected."""
    metrics = [] if runner.val_loop is None else runner.val_loop.evaluator.metrics
    facts = [str(known) for metric in metrics if (known := getattr(metric, 'facts', None)) is not None]
    selection = selection_of(runner)
    return '; '.join(['', *facts, *([] if any(selection in fact for fact in facts) else [selection])])
