"""Checkpoints that a kill cannot spoil; the kills themselves are in test_resume.py."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
import torch
from mmengine.logging import MessageHub

from mmacl.engine import AtomicCheckpointHook, load_checkpoint_safely
from mmacl.evaluation.metrics.map_table import BEST_ON_TEST, STRICT
from mmacl.utils import InputError


@pytest.mark.parametrize('options', [dict(max_keep_ckpts=1), dict(max_keep_ckpts=0), dict(interval=0)])
def test_settings_that_could_lose_a_run_are_refused(options):
    with pytest.raises(InputError):
        AtomicCheckpointHook(**options)


def test_what_is_saved_loads_without_unpickling(tmp_path):
    hub = MessageHub.get_instance('test_atomic_checkpoint')
    hub.update_scalar('train/loss', 1.0)
    checkpoint = {'state_dict': {}, 'message_hub': hub.state_dict()}
    AtomicCheckpointHook().before_save_checkpoint(None, checkpoint)
    torch.save(checkpoint, tmp_path / 'c.pth')
    found = load_checkpoint_safely(str(tmp_path / 'c.pth'))
    # mmengine asks for these three when it resumes.
    assert {'log_scalars', 'runtime_info', 'resumed_keys'} <= set(found['message_hub'])


def test_counts_the_checkpoints_of_the_work_dir(tmp_path):
    for epoch in (2, 10, 3):
        (tmp_path / f'epoch_{epoch}.pth').touch()
    hub = MessageHub.get_instance('test_counts')
    logger = SimpleNamespace(info=lambda line: None)
    runner = SimpleNamespace(work_dir=str(tmp_path), epoch=10, message_hub=hub, logger=logger, param_schedulers=None)
    runner._load_from = str(tmp_path / 'epoch_10.pth')
    hook = AtomicCheckpointHook()
    hook.before_train(runner)
    assert list(hook.keep_ckpt_ids) == [3, 10]
    assert sorted(path.name for path in tmp_path.iterdir()) == ['epoch_10.pth', 'epoch_3.pth']
    assert not hook.save_param_scheduler


CFG = SimpleNamespace(filename='some/c.py', pretty_text='x = 1\n')


def test_config_in_force_is_written_once_the_run_does_something(tmp_path):
    runner = SimpleNamespace(work_dir=tmp_path, cfg=CFG)
    (tmp_path / 'c.py').write_text('of the run before\n')
    for act in (
        lambda hook: hook.before_train_epoch(runner),
        lambda hook: hook.after_train_round(runner, 1, {}),
    ):
        hook = AtomicCheckpointHook()
        assert (tmp_path / 'c.py').read_text() == 'of the run before\n'
        act(hook)
        assert (tmp_path / 'c.py').read_text() == 'x = 1\n'
        (tmp_path / 'c.py').write_text('of the run before\n')
        act(hook)
        assert (tmp_path / 'c.py').read_text() == 'of the run before\n'


BEST = 'checkpoint.save_best=tal/mAP@avg(0.3:0.7)'
WARNING = 'best on test: chosen by labels'


def test_the_strict_protocol_is_the_default_and_stated(cli, folder, write_config, tmp_path):
    work = tmp_path / 'strict'
    code, out, _ = cli('train.py', write_config(folder), '--work-dir', work)
    assert code == 0
    assert not (work / 'best_on_test.pth').exists()
    assert WARNING not in out
    tables = [line for line in out.splitlines() if 'protocol activitynet' in line or 'Localization by round' in line]
    assert len(tables) == 4
    assert all(STRICT in line for line in tables)
    assert 'best_on_test' not in (next(work.glob('*/vis_data/scalars.json'))).read_text()


def test_best_on_test_is_kept_and_marks_whatever_it_touches(cli, folder, write_config, tmp_path):
    work, config = tmp_path / 'best', write_config(folder)
    code, out, _ = cli('train.py', config, '--work-dir', work, '--cfg-options', f'+default_hooks.{BEST}')
    assert code == 0
    tables = [line for line in out.splitlines() if 'protocol activitynet' in line or 'Localization by round' in line]
    assert len(tables) == 4
    assert all(WARNING in line for line in tables)
    scalars = next(work.glob('*/vis_data/scalars.json')).read_text()
    rounds = [row for row in map(json.loads, scalars.splitlines()) if 'round' in row]
    assert len(rounds) == 3
    assert all(row['best_on_test'] for row in rounds)

    best = load_checkpoint_safely(str(work / 'best_on_test.pth'))
    scores = {row['round']: row['tal/mAP@avg(0.3:0.7)'] for row in rounds}
    assert best['selection'] == BEST_ON_TEST
    assert best['best_on_test'] == {'tal/mAP@avg(0.3:0.7)': pytest.approx(max(scores.values()))}
    assert best['meta']['epoch'] == 2 * max(scores, key=lambda round_: (scores[round_], -round_))
    assert 'optimizer' not in best

    code, out, err = cli('test.py', config, work / 'best_on_test.pth', '--out', tmp_path / 'best.json')
    assert code == 0
    assert WARNING in next(line for line in out.splitlines() if 'protocol activitynet' in line)
    assert 'not a score of an unsupervised method' in out + err
    assert WARNING in json.loads((tmp_path / 'best.json').read_text())['external_data']['selection']
    code, out, _ = cli('test.py', config, work / 'epoch_6.pth', '--out', tmp_path / 'last.json')
    assert WARNING not in out
    assert json.loads((tmp_path / 'last.json').read_text())['external_data']['selection'] == STRICT


def test_a_score_that_is_none_is_refused(tmp_path):
    hook = AtomicCheckpointHook(save_best='tal/mAP')
    with pytest.raises(InputError, match=r"'tal/mAP' is no score of the validation; use one of: tal/mAP@0.5"):
        hook.after_train_round(SimpleNamespace(work_dir=tmp_path, cfg=CFG), 1, {'tal/mAP@0.5': 0.5})


def test_only_a_better_round_replaces_the_best_and_a_resumed_run_knows_it(tmp_path):
    saved = []
    runner = SimpleNamespace(
        work_dir=tmp_path,
        cfg=CFG,
        epoch=2,
        iter=6,
        _resume=True,
        logger=SimpleNamespace(warning=lambda line: None),
        save_checkpoint=lambda folder, name, **options: saved.append((name, options['meta']['epoch'])),
    )
    hook = AtomicCheckpointHook(save_best='x')
    for epoch, score in ((2, 0.4), (4, 0.3), (6, 0.4), (8, 0.6)):
        runner.epoch = epoch
        hook.after_train_round(runner, epoch // 2, {'x': score})
    assert saved == [('best_on_test.pth', 2), ('best_on_test.pth', 8)]
    checkpoint = {}
    hook.before_save_checkpoint(runner, checkpoint)
    assert checkpoint['selection'] == STRICT
    resumed = AtomicCheckpointHook(save_best='x')
    resumed.after_load_checkpoint(runner, checkpoint)
    resumed.after_train_round(runner, 5, {'x': 0.5})
    assert len(saved) == 2
    assert resumed.chosen_by_labels
