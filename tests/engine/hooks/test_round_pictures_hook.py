"""Pictures of each round reach the backends, once, from the main process alone."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from mmacl.engine import RoundPicturesHook
from mmacl.structures import PseudoLabels
from mmacl.utils import InputError

NAMES = ('a', 'b', 'c', 'd')
COUNTS = np.array([[1, 0], [2, 0], [0, 1], [0, 0]])


class Visualizer:
    """Writes down what it is to draw."""

    def __init__(self) -> None:
        self.added: dict[str, tuple] = {}

    def __getattr__(self, name: str):
        if not name.startswith('add_'):
            raise AttributeError(name)
        return lambda *args, **options: self.added.__setitem__(name.removeprefix('add_'), (args, options))


LABELS = PseudoLabels.from_assignments(NAMES[::-1], np.array([1, 1, 0, 0]), 2)
ROWS = np.arange(12.0).reshape(4, 3)


@pytest.fixture
def runner():
    dataset = SimpleNamespace(
        video_names=NAMES,
        metainfo={'classes': ('run', 'jump'), 'simulated': True},
        action_counts=lambda: COUNTS,
    )
    return SimpleNamespace(train_dataloader=SimpleNamespace(dataset=dataset), visualizer=Visualizer())


def test_hands_over_three_pictures_with_the_round_as_step(runner):
    hook = RoundPicturesHook()
    hook.before_train(runner)
    hook.after_clustering(runner, 2, {'purity': 1.0}, LABELS, ROWS)
    added = runner.visualizer.added
    assert set(added) == {'confusion', 'affinity', 'embedding'}
    assert all(options['step'] == 2 and options['simulated'] for _, options in added.values())
    (counts,), options = added['confusion']
    # Videos a and b run and are in cluster 0, c jumps and is in cluster 1, d does neither.
    assert counts.tolist() == [[2, 0], [0, 1]]
    assert (options['class_names'], options['round']) == (('run', 'jump'), 2)
    (rows, groups), options = added['affinity']
    assert list(rows) == [2]
    assert groups.tolist() == [0, 0, 1, -1]
    assert (options['group_names'], options['ordered_by']) == (('run', 'jump'), 'class')
    np.testing.assert_array_equal(added['embedding'][0][0], ROWS)


def test_without_annotations_videos_are_grouped_by_cluster(runner):
    runner.train_dataloader.dataset.action_counts = lambda: None
    runner.train_dataloader.dataset.metainfo = {}
    RoundPicturesHook().after_clustering(runner, 1, {}, LABELS, ROWS)
    added = runner.visualizer.added
    assert set(added) == {'affinity', 'embedding'}
    assert added['affinity'][0][1].tolist() == [0, 0, 1, 1]
    assert added['affinity'][1]['ordered_by'] == 'cluster of round 1'
    assert not added['affinity'][1]['simulated']


def test_without_representations_only_the_confusion_is_drawn(runner):
    RoundPicturesHook().after_clustering(runner, 1, {'purity': 1.0}, LABELS, None)
    assert set(runner.visualizer.added) == {'confusion'}


def test_pictures_can_be_chosen(runner):
    RoundPicturesHook(['affinity']).after_clustering(runner, 1, {'purity': 1.0}, LABELS, ROWS)
    assert set(runner.visualizer.added) == {'affinity'}
    with pytest.raises(InputError, match="'afinity' is not known; choose of confusion, affinity, embedding"):
        RoundPicturesHook(['afinity'])


def test_other_processes_draw_nothing(runner, monkeypatch):
    monkeypatch.setattr('mmacl.engine.hooks.round_pictures_hook.is_main_process', lambda: False)
    RoundPicturesHook().after_clustering(runner, 1, {'purity': 1.0}, LABELS, ROWS)
    assert not runner.visualizer.added


def test_a_visualizer_that_cannot_draw_them_is_refused(runner):
    runner.visualizer = SimpleNamespace()
    with pytest.raises(InputError, match=r'visualizer\.type=SimpleNamespace'):
        RoundPicturesHook().before_train(runner)


def test_a_training_draws_each_round_once_resumed_or_not_and_learns_the_same(
    cli, folder, write_config, blank_pictures, tmp_path
):
    schedule = 'train_cfg = dict(num_rounds=2, epochs_per_round=2)\n'
    config = write_config(folder, f"custom_hooks = [dict(type='RoundPicturesHook')]\n{schedule}")

    def train(name: str, *arguments: object):
        code, _, error = cli('train.py', *arguments, '--work-dir', tmp_path / name)
        assert code == 0, error
        return sorted(path.name for path in (tmp_path / name).glob('*/vis_data/vis_image/*.png'))

    first = ['affinity_1.png', 'confusion_1.png', 'embedding_1.png']
    assert train('drawn', config, '--cfg-options', 'train_cfg.num_rounds=1') == first
    every = sorted([*first, 'affinity_2.png', 'confusion_2.png', 'embedding_2.png'])
    assert train('drawn', config, '--resume') == every

    assert train('plain', write_config(folder, schedule, 'plain_us')) == []
    weights = [
        torch.load(tmp_path / name / 'epoch_4.pth', weights_only=True)['state_dict'] for name in ('drawn', 'plain')
    ]
    assert all(torch.equal(tensor, weights[1][key]) for key, tensor in weights[0].items())
