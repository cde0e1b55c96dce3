"""One row a round, kept across checkpoints."""

from __future__ import annotations

import json
from types import SimpleNamespace

import numpy as np
import pytest

from mmacl.engine import RoundLoggerHook, RoundSummaryHook
from mmacl.structures import PseudoLabels

METRICS = {'purity': 0.5, 'nmi': 0.4, 'ari': 0.3}
LABELS = PseudoLabels.from_assignments(('a', 'b'), np.array([0, 1]), 2)
WITH_EMPTY = PseudoLabels.from_assignments(('a', 'b'), np.array([0, 2]), 4)


class Runner:
    def __init__(self, epoch: int = 0, simulated: bool = False, videos=(('a', 'b'), ('c',))) -> None:
        self.epoch = epoch
        self.hooks: list[object] = []
        self.written: list[dict] = []
        self.lines: list[str] = []
        self.visualizer = SimpleNamespace(add_scalars=lambda row, step: self.written.append({**row, 'step': step}))
        self.logger = SimpleNamespace(info=self.lines.append, warning=self.lines.append)
        self.train_loop = SimpleNamespace(last_finished_round=None)
        train, test = (SimpleNamespace(metainfo={'simulated': simulated}, video_names=names) for names in videos)
        self.train_dataloader = SimpleNamespace(dataset=train)
        self.val_dataloader = self.test_dataloader = SimpleNamespace(dataset=test)
        self.val_loop = SimpleNamespace(evaluator=SimpleNamespace(metrics=[SimpleNamespace(facts='7 videos')]))


def run_round(hook: RoundSummaryHook, runner: Runner, number: int) -> None:
    hook.after_clustering(runner, METRICS, LABELS)
    hook.after_train_round(runner, number, {'tal/mAP@0.5': 0.25})


def test_a_row_holds_round_clusters_and_map_as_fractions():
    hook, runner = RoundSummaryHook(), Runner()
    hook.before_train(runner)
    run_round(hook, runner, 1)
    expected = {'round': 1, 'cluster/purity': 0.5, 'cluster/nmi': 0.4, 'cluster/ari': 0.3, 'tal/mAP@0.5': 0.25}
    assert runner.written == [{**expected, 'step': 1}]


@pytest.mark.parametrize('simulated', [True, False])
def test_everything_from_simulated_data_says_so(simulated):
    hook, runner = RoundSummaryHook(), Runner(simulated=simulated)
    hook.before_train(runner)
    run_round(hook, runner, 1)
    hook.after_train(runner)
    assert runner.written[0].get('simulated', False) is simulated
    assert all(('simulated' in line) is simulated for line in runner.lines)
    # The table that people quote says what it was scored on.
    assert '7 videos' in runner.lines[-1]


def test_resumed_goes_on_and_writes_earlier_rows_again():
    hook, runner = RoundSummaryHook(), Runner()
    hook.before_train(runner)
    run_round(hook, runner, 1)
    hook.after_clustering(runner, {**METRICS, 'purity': 0.75}, WITH_EMPTY)
    checkpoint: dict = {}
    hook.before_save_checkpoint(runner, checkpoint)

    resumed, later = RoundSummaryHook(), Runner(epoch=3)
    resumed.after_load_checkpoint(later, checkpoint)
    resumed.before_train(later)
    assert later.train_loop.last_finished_round == 1
    resumed.after_train_round(later, 2, {'tal/mAP@0.5': 0.5})
    assert [(row['round'], row['cluster/purity']) for row in later.written] == [(1, 0.5), (2, 0.75)]
    assert later.lines[-1].endswith('+\nRound 2: 2 clusters are empty: 1, 3')
    resumed.after_train(later)
    assert later.lines[-2].endswith('+\nRound 2: 2 clusters are empty: 1, 3')
    assert all('empty_clusters' not in row for row in later.written)


def test_a_fresh_run_forgets_what_a_checkpoint_brought():
    hook, runner = RoundSummaryHook(), Runner(epoch=0)
    hook.after_load_checkpoint(runner, {'rounds': {'rows': [{'round': 1}], 'clustering': METRICS}})
    hook.before_train(runner)
    assert hook.rows == runner.written == []


def test_a_run_that_keeps_the_best_on_test_marks_its_rows():
    hook, runner = RoundSummaryHook(), Runner()
    runner.hooks = [SimpleNamespace(chosen_by_labels=True)]
    hook.before_train(runner)
    run_round(hook, runner, 1)
    assert runner.written[0]['best_on_test'] is True
    hook.after_train(runner)
    assert 'best on test: chosen by labels' in runner.lines[-1]


OVERLAP = "1 of the 2 test videos are training videos too, such as 'b': the figures do not hold for unseen videos"


def test_videos_trained_on_and_tested_on_are_said_at_the_start_and_under_the_tables():
    hook, runner = RoundSummaryHook(), Runner(videos=(('a', 'b'), ('b', 'c')))
    hook.before_train(runner)
    assert runner.lines == [OVERLAP]
    run_round(hook, runner, 1)
    hook.after_train(runner)
    assert runner.lines[-1].endswith(f'+\n{OVERLAP}')

    # A test knows by the checkpoint what was trained on.
    tested = Runner(videos=((), ('b', 'c')))
    checkpoint = {'clustering': {'labels': LABELS.state_dict()}}
    hook = RoundSummaryHook()
    hook.after_load_checkpoint(tested, checkpoint)
    hook.after_test_epoch(tested, {})
    assert tested.lines == []
    hook.after_test_epoch(tested, {'tal/mAP@0.5': 0.25})
    assert tested.lines == [OVERLAP]


def test_writes_nothing_after_a_validation():
    # A runner of None: any use of it would fail.
    RoundLoggerHook().after_val_epoch(None, {'tal/mAP@0.5': 0.1})


@pytest.mark.parametrize('simulated', [True, False])
def test_metrics_of_a_test_say_whether_they_are_simulated(simulated, tmp_path):
    hook = RoundLoggerHook()
    hook.json_log_path = 'time.json'
    dataset = SimpleNamespace(metainfo={'simulated': simulated})
    runner = SimpleNamespace(log_dir=str(tmp_path), test_dataloader=SimpleNamespace(dataset=dataset))
    hook.after_test_epoch(runner, {'tal/mAP@0.5': 0.25})
    assert json.loads((tmp_path / 'time.json').read_text()) == {'tal/mAP@0.5': 0.25, 'simulated': simulated}
