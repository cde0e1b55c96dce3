"""Pseudo-labels reach the batches, the sampler, the model and the checkpoint; whole runs are in tests/tools."""

from __future__ import annotations

import json
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import nn

from mmacl.engine import ClusteringHook
from mmacl.structures import ActionDataSample, PseudoLabels
from mmacl.utils import InputError

NAMES = ('a', 'b', 'c', 'd')
COUNTS = np.array([[2, 0], [1, 0], [0, 3], [0, 1]])


class Dataset:
    video_names = NAMES

    def __init__(self, counts=COUNTS, classes=('run', 'jump')) -> None:
        self.counts = counts
        self.metainfo = {} if counts is None else {'classes': classes}

    def action_counts(self):
        return self.counts


class Observer:
    """Takes every argument of the call."""

    def __init__(self, calls: dict) -> None:
        self.calls = calls

    def after_clustering(self, runner, **arguments):
        self.calls['after_clustering'] = arguments


def runner_of(dataset, tmp_path, num_clusters: int = 2):
    model = nn.Linear(1, 1)
    model.num_clusters, model.cluster_mapping = num_clusters, None
    calls: dict = {}
    sampler = SimpleNamespace(set_labels=lambda labels: calls.update(sampler=labels))
    loader = SimpleNamespace(dataset=dataset, batch_sampler=sampler)
    return SimpleNamespace(
        model=model,
        train_dataloader=loader,
        val_dataloader=loader,
        test_dataloader=loader,
        seed=0,
        epoch=0,
        logger=SimpleNamespace(
            info=lambda line: calls.update(logged=line), warning=lambda line: calls.update(warned=line)
        ),
        work_dir=str(tmp_path),
        cfg=SimpleNamespace(filename='c.py'),
        calls=calls,
        hooks=[Observer(calls)],
    )


@pytest.fixture
def hook(tmp_path):
    table = {'num_clusters': 2, 'labels': {'a': [1], 'b': [1], 'c': [0], 'd': [1]}}
    (tmp_path / 'labels.json').write_text(json.dumps(table))
    return ClusteringHook(dict(type='PrecomputedLabels', path=str(tmp_path / 'labels.json')))


def test_a_round_labels_maps_and_measures(hook, tmp_path):
    runner = runner_of(Dataset(), tmp_path)
    hook.before_train_round(runner, round=1)
    # Cluster 1 has two videos of action 0 and one of action 1, which is not more than half.
    np.testing.assert_array_equal(runner.model.cluster_mapping.weights, [[0, 1], [1, 0]])
    assert runner.calls['after_clustering']['metrics']['purity'] == pytest.approx(3 / 4)
    assert runner.calls['sampler'].video_names == NAMES
    assert json.loads((tmp_path / 'clusters' / 'round_1.json').read_text())['labels']['c'] == [0]
    logged = 'Round 1: 4 videos in 2 clusters of 1 to 3, by PrecomputedLabels; a video of several classes counts by '
    assert runner.calls['logged'] == f"{logged}'primary'"

    samples = [ActionDataSample(metainfo=dict(video_name=name)) for name in ('c', 'a')]
    hook.before_train_iter(runner, 0, {'data_samples': samples})
    assert [sample.pseudo_label.tolist() for sample in samples] == [[1, 0], [0, 1]]


def test_rule_of_the_mapping_and_videos_of_several_actions_are_options(hook, tmp_path):
    config = dict(type='PrecomputedLabels', path=str(tmp_path / 'labels.json'))
    counts = np.array([[2, 0], [1, 0], [1, 0], [1, 3]])
    weights, purities = [], []
    for options in ({}, dict(mapping=dict(rule='hungarian'), multi_label='any')):
        runner = runner_of(Dataset(counts), tmp_path)
        ClusteringHook(config, **options).before_train_round(runner, round=1)
        weights.append(runner.model.cluster_mapping.weights.tolist())
        purities.append(runner.calls['after_clustering']['metrics']['purity'])
    # By majority both clusters are action 0; one to one, the three videos of cluster 1 keep it.
    assert weights == [[[1, 0], [1, 0]], [[0, 0], [1, 0]]]
    assert purities == [pytest.approx(3 / 4), 1.0]
    with pytest.raises(InputError, match="multi_label 'first' is not known"):
        ClusteringHook(config, multi_label='first')


def test_without_annotations_clusters_have_no_actions_and_no_metrics(hook, tmp_path):
    runner = runner_of(Dataset(counts=None), tmp_path)
    hook.before_train_round(runner, round=1)
    assert runner.model.cluster_mapping.class_names == ('cluster_00', 'cluster_01')
    assert runner.calls['after_clustering']['metrics'] == {}


def test_state_travels_in_the_checkpoint_as_plain_values(hook, tmp_path):
    runner = runner_of(Dataset(), tmp_path)
    hook.before_train_round(runner, round=1)
    checkpoint: dict = {}
    hook.before_save_checkpoint(runner, checkpoint)
    torch.save(checkpoint, tmp_path / 'c.pth')

    other, later = ClusteringHook(dict(type='SpectralClusterer')), runner_of(Dataset(), tmp_path)
    other.after_load_checkpoint(later, torch.load(tmp_path / 'c.pth', weights_only=True))
    np.testing.assert_array_equal(later.model.cluster_mapping.weights, runner.model.cluster_mapping.weights)
    later.epoch = 3
    other.before_train(later)
    np.testing.assert_array_equal(later.calls['sampler'].memberships, runner.calls['sampler'].memberships)
    again: dict = {}
    other.before_save_checkpoint(later, again)
    assert again == checkpoint


def test_only_a_clusterer_that_declares_it_is_given_annotations(tmp_path):
    seen = []

    class Spy:
        uses_representations = False

        def __init__(self, uses_annotations: bool) -> None:
            self.uses_annotations = uses_annotations

        def __call__(self, names, num_clusters, seed, representations=None, action_counts=None):
            seen.append(action_counts)
            return PseudoLabels.from_assignments(names, np.array([0, 0, 1, 1]), num_clusters)

    for uses in (False, True):
        hook = ClusteringHook(dict(type='SpectralClusterer'))
        hook.clusterer = Spy(uses)
        hook.before_train_round(runner_of(Dataset(), tmp_path), round=1)
    assert seen[0] is None
    assert seen[1] is COUNTS


def test_hooks_are_given_the_arguments_that_they_take(hook, tmp_path):
    class TakesOne:
        def after_clustering(self, runner, round, metrics):
            runner.calls['one'] = (round, metrics['purity'])

    runner = runner_of(Dataset(), tmp_path)
    runner.hooks += [TakesOne(), object()]
    hook.before_train_round(runner, round=3)
    assert runner.calls['one'] == (3, pytest.approx(3 / 4))
    given = runner.calls['after_clustering']
    assert set(given) == {'round', 'metrics', 'labels', 'representations'}
    assert given['labels'] is hook.pseudo_labels
    assert given['representations'] is None


def test_empty_clusters_are_named_in_the_log_and_the_file(tmp_path):
    table = {'num_clusters': 4, 'labels': {name: [int(name != 'a')] for name in NAMES}}
    (tmp_path / 'labels.json').write_text(json.dumps(table))
    hook = ClusteringHook(dict(type='PrecomputedLabels', path=str(tmp_path / 'labels.json')))
    runner = runner_of(Dataset(), tmp_path, num_clusters=4)
    hook.before_train_round(runner, round=1)
    assert runner.calls['warned'] == 'Round 1: 2 clusters are empty: 2, 3'
    written = tmp_path / 'clusters' / 'round_1.json'
    assert json.loads(written.read_text())['empty_clusters'] == [2, 3]
    np.testing.assert_array_equal(PseudoLabels.load(written).memberships, hook.pseudo_labels.memberships)


def test_another_number_of_clusters_is_refused(hook, tmp_path):
    hook.clusterer = lambda names, *args, **kwargs: PseudoLabels.from_assignments(names, np.zeros(4, int), 2)
    hook.clusterer.uses_representations = hook.clusterer.uses_annotations = False
    with pytest.raises(InputError, match=r'gives 2 clusters, but model.num_clusters is 5'):
        hook.before_train_round(runner_of(Dataset(), tmp_path, num_clusters=5), round=1)


def test_scoring_other_actions_is_refused(hook, tmp_path):
    runner = runner_of(Dataset(), tmp_path)
    hook.before_train_round(runner, round=1)
    hook.before_test(runner)
    other = runner_of(Dataset(classes=('run', 'swim')), tmp_path)
    with pytest.raises(InputError, match=r"'jump'"):
        hook.before_test(other)


def test_a_checkpoint_without_a_mapping_cannot_be_scored(tmp_path):
    hook, runner = ClusteringHook(dict(type='SpectralClusterer')), runner_of(Dataset(), tmp_path)
    hook.after_load_checkpoint(runner, {})
    with pytest.raises(InputError, match='no cluster -> action mapping'):
        hook.before_test(runner)
    runner.epoch = 2
    with pytest.raises(InputError, match='holds no labels'):
        hook.before_train(runner)
