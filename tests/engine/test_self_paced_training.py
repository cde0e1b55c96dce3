"""A training that leaves videos out: what is drawn, stored, and repeated after a resume and in two processes."""

from __future__ import annotations

import json

import pytest
import torch

from mmacl.engine import ClusteringHook
from mmacl.utils import InputError

SELECTION = """
default_hooks.update(clustering=dict(
    clusterer=dict(_delete_=True, type='JaccardClusterer', num_neighbors=4, expansion_neighbors=2),
    selection=dict(shares=(0.4, 1.0), confidence='compactness'),
))
train_cfg = dict(num_rounds=2, epochs_per_round=2)
"""
UNIFORM = "train_dataloader.update(batch_sampler=dict(_delete_=True, type='UniformBatchSampler', num_batches=3))\n"
STOCK = "train_dataloader.update(batch_sampler=None, sampler=dict(type='DefaultSampler', shuffle=True))\n"
CLASSES_ALONE = 'model.update(stream={**model["stream"], "losses": dict(separation=None, triplet=None)})\n'


def last(work_dir):
    return torch.load(work_dir / 'epoch_4.pth', weights_only=True)


def test_part_of_the_videos_trains_first_and_a_resumed_run_equals_a_whole_one(
    cli, folder, write_config, tmp_path, monkeypatch
):
    drawn: dict[int, set[str]] = {1: set(), 2: set()}
    attach = ClusteringHook.before_train_iter

    def watch(self, runner, batch_idx, data_batch=None):
        drawn[runner.train_loop.round].update(sample.video_name for sample in data_batch['data_samples'])
        attach(self, runner, batch_idx, data_batch)

    monkeypatch.setattr(ClusteringHook, 'before_train_iter', watch)
    config, place = write_config(folder, SELECTION + UNIFORM + CLASSES_ALONE), tmp_path / 'parts'
    for name, words in (('whole', ()), ('parts', ('--cfg-options', 'train_cfg.num_rounds=1'))):
        code, _, error = cli('train.py', config, '--work-dir', tmp_path / name, *words)
        assert code == 0, error
        table = json.loads((tmp_path / name / 'clusters/round_1.json').read_text())
        assert drawn[1] == set(table['selected']) < set(table['labels'])
    assert drawn[2] == set(table['labels'])
    # Go on from the middle of a round, in which videos are left out.
    (place / 'epoch_2.pth').unlink()
    (place / 'last_checkpoint').write_text(str(place / 'epoch_1.pth'))
    code, _, error = cli('train.py', config, '--work-dir', place, '--resume')
    assert code == 0, error
    whole, parts = last(tmp_path / 'whole'), last(place)
    assert all(torch.equal(tensor, parts['state_dict'][name]) for name, tensor in whole['state_dict'].items())
    assert whole['clustering'] == parts['clustering']
    assert sorted(whole['clustering']['selected']) == sorted(whole['clustering']['labels']['labels'])


def test_a_sampler_that_draws_all_videos_is_refused(cli, folder, write_config, tmp_path):
    config = write_config(folder, SELECTION + STOCK + CLASSES_ALONE)
    code, _, error = cli('train.py', config, '--work-dir', tmp_path / 'w')
    assert code != 0
    assert 'clustering.selection leaves videos out, but BatchSampler draws all of them' in error


def test_what_cannot_be_selected_is_refused():
    with pytest.raises(InputError, match='needs distances of videos, which AnnotatedLabels has not'):
        ClusteringHook(dict(type='AnnotatedLabels'), selection={})
    with pytest.raises(InputError, match=r"clustering\.selection takes no 'share'"):
        ClusteringHook(dict(type='KMeansClusterer'), selection=dict(share=0.5))
