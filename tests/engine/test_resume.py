"""A run that is killed at any moment and resumed equals one that never stopped, bit for bit."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
import torch

from mmacl.runs.run_record import RunRecord
from tests.small_training import CONFIG, ROOT, write_folder
from tests.warm_process import WarmProcess

PLUGINS = str(Path(__file__).parent / 'plugins')
#: A resumed run may keep the features in memory.
TABLE = ('--cfg-options', 'default_hooks.feature_table.budget_bytes=1000000')
EXTRA = """
custom_hooks = [dict(type='KillSwitchHook')]
default_hooks.update(summary=dict(diagnostics=True))
"""


def rows_of(work_dir: Path) -> list[dict]:
    log = sorted(work_dir.glob('*/vis_data/scalars.json'))[-1]
    return [row for line in log.read_text().splitlines() if 'round' in (row := json.loads(line))]


def records_of(work_dir: Path) -> dict[str, bytes]:
    records = work_dir / 'records'
    return {str(p.relative_to(records)): p.read_bytes() for p in records.rglob('*') if p.suffix in ('.json', '.npy')}


def final_tables(output: str) -> str:
    tables = output[output.index('Clustering of the training videos by round') :]
    return re.sub(r'\d\d/\d\d \d\d:\d\d:\d\d', '<time>', tables)


MOMENTS = ('mid_round', 'clustering', 'before_validation', 'while_saving', 'after_validation')


@pytest.fixture(scope='module')
def place(tmp_path_factory) -> Path:
    """A folder of features and a config; the runs of this file lie beside them."""
    root = tmp_path_factory.mktemp('resume')
    write_folder(root / 'data')
    (root / 'tiny_us.py').write_text(CONFIG.format(repo=ROOT, root=root / 'data') + EXTRA)
    return root


@pytest.fixture(scope='module')
def train(place):
    """Train in a process of its own, which kills itself at a moment."""

    def run(work_dir: Path, *args: object, moment: str = ''):
        env = {'KILL_MOMENT': moment, 'PYTHONPATH': PLUGINS}
        words = [place / 'tiny_us.py', '--work-dir', work_dir, '--plugin', 'kill_switch', *args]
        return WarmProcess('train.py', words, env).wait(timeout=240)

    return run


@pytest.fixture(scope='module')
def whole(train, place):
    """A run that was never interrupted: what it printed, and its folder."""
    done = train(place / 'whole')
    assert done.returncode == 0, done.stderr
    assert len(rows_of(place / 'whole')) == 3
    return done, place / 'whole'


@pytest.fixture
def finished(whole, tmp_path) -> Path:
    """A copy of that run's folder, to be spoilt."""
    return Path(shutil.copytree(whole[1], tmp_path / 'finished'))


@pytest.mark.parametrize('moment', MOMENTS)
def test_killed_at_any_moment_and_resumed_equals_never_killed(moment, train, whole, tmp_path):
    done, expected_dir = whole
    work_dir = tmp_path / moment
    killed = train(work_dir, moment=moment)
    assert killed.returncode == -9, killed.stderr
    assert not (work_dir / 'epoch_6.pth').exists()
    resumed = train(work_dir, '--resume', *(TABLE if moment == 'mid_round' else ()))
    assert resumed.returncode == 0, resumed.stderr
    assert ('are kept on cpu' in resumed.stdout) == (moment == 'mid_round')

    expected, found = (torch.load(place / 'epoch_6.pth', weights_only=True) for place in (expected_dir, work_dir))
    for name, tensor in expected['state_dict'].items():
        assert torch.equal(tensor, found['state_dict'][name]), name
    assert found['clustering'] == expected['clustering']
    assert rows_of(work_dir) == rows_of(expected_dir)
    assert final_tables(resumed.stdout) == final_tables(done.stdout)
    assert records_of(work_dir) == records_of(expected_dir)
    # What a killed write leaves behind is never taken for a checkpoint.
    assert sorted(path.name for path in work_dir.glob('epoch_*')) == ['epoch_5.pth', 'epoch_6.pth']


def test_resume_without_a_checkpoint_starts_from_the_beginning(train, whole, tmp_path):
    done = train(tmp_path / 'fresh', '--resume')
    assert done.returncode == 0, done.stderr
    assert 'starting from the beginning' in done.stdout
    assert rows_of(tmp_path / 'fresh') == rows_of(whole[1])


def test_a_new_run_moves_the_checkpoints_of_an_earlier_one_aside(train, finished):
    done = train(finished)
    assert 'was moved to' in done.stdout
    assert [path.name for path in finished.glob('earlier_*/epoch_6.pth')] == ['epoch_6.pth']
    assert (finished / 'epoch_6.pth').exists()
    assert [path.name for path in finished.glob('earlier_*/records/run.json')] == ['run.json']
    assert len(list(finished.glob('records/round_*/detections.json'))) == 3


def test_resuming_with_another_seed_is_refused_and_moves_nothing(train, finished):
    before = sorted(path.name for path in finished.glob('epoch_*'))
    done = train(finished, '--resume', finished / 'epoch_5.pth', '--seed', 7)
    assert sorted(path.name for path in finished.glob('epoch_*')) == before
    assert done.returncode == 2
    assert 'epoch_5.pth: the run to resume has seed 0, this one has 7; add --seed 0' in done.stderr
    assert 'Traceback' not in done.stderr


def test_a_refused_run_leaves_an_earlier_one_as_it_is(train, finished):
    before = {path: path.read_bytes() for path in finished.iterdir() if path.is_file()}
    done = train(finished, '--cfg-options', 'model.num_clusters=40')
    assert done.returncode == 2
    assert {path: path.read_bytes() for path in finished.iterdir() if path.is_file()} == before
    assert not list(finished.glob('earlier_*'))


def test_resuming_from_an_older_checkpoint_moves_the_later_ones_aside(train, finished):
    done = train(finished, '--resume', finished / 'epoch_5.pth')
    assert done.returncode == 0, done.stderr
    assert [path.name for path in finished.glob('earlier_*/*')] == ['epoch_6.pth']
    (earlier,) = finished.glob('earlier_*/epoch_6.pth')
    old, new = (torch.load(path, weights_only=True)['state_dict'] for path in (earlier, finished / 'epoch_6.pth'))
    assert all(torch.equal(old[name], new[name]) for name in old)


def test_record_is_that_of_each_round_when_a_resumed_run_changes_what_it_may(train, finished):
    changes = ['train_cfg.num_rounds=4', 'model.post_processor.nms.iou_threshold=0.3']
    done = train(finished, '--resume', '--cfg-options', *changes)
    assert done.returncode == 0, done.stderr
    record, config = RunRecord(finished), (finished / 'tiny_us.py').read_text()
    assert record.rounds == (1, 2, 3, 4)
    # A checkpoint is written before the validation of its round, so the resumed run validates round 3.
    for round_, rounds, threshold in ((2, 3, 0.5), (3, 4, 0.3), (4, 4, 0.3)):
        assert f'num_rounds={rounds}' in record.config(round_)
        assert f"nms=dict(type='TemporalNMS', iou_threshold={threshold})" in record.config(round_)
    assert record.config() == record.config(4) == config
    # A record of an earlier version has the config of the last run alone.
    for path in finished.glob('records/*/config.py'):
        path.unlink()
    assert record.config(1) == config


@pytest.mark.parametrize('what', ['gradient clipping', 'a renamed video'])
def test_resuming_a_training_that_would_differ_is_refused(what, train, finished, tmp_path):
    if what == 'gradient clipping':
        words = ["+optim_wrapper.clip_grad={'max_norm': 1}"]
        named = "no optim_wrapper.clip_grad, this one has {'max_norm': 1}; a run goes on as it began"
    else:
        data = write_folder(tmp_path / 'data')
        for path in data.glob('features/*/video_003.npy'):
            path.rename(path.with_name('video_3.npy'))
        annotations = data / 'annotations.json'
        annotations.write_text(annotations.read_text().replace('video_003', 'video_3'))
        words = [f'train_dataloader.dataset.data_root={data}']
        named = "12 training videos, this one has 12: 'video_003' removed and 'video_3' added"
    before = {path: path.read_bytes() for path in finished.iterdir() if path.is_file()}
    done = train(finished, '--resume', '--cfg-options', 'train_cfg.num_rounds=4', *words)
    assert done.returncode == 2
    assert f'epoch_6.pth: the run to resume has {named}' in done.stderr
    assert {path: path.read_bytes() for path in finished.iterdir() if path.is_file()} == before


@pytest.mark.parametrize('size', [0, 9000])
def test_damaged_newest_checkpoint_is_named_with_the_older_one_to_go_on_from(size, train, finished):
    newest, older = finished / 'epoch_6.pth', finished / 'epoch_5.pth'
    newest.write_bytes(newest.read_bytes()[:size])
    done = train(finished, '--resume')
    what = 'is damaged, or was cut short' if size else 'is empty'
    assert (done.returncode, done.stderr) == (
        2,
        f'error: {newest}: {what}; go on from an older one: --resume {older}\n',
    )
    older.write_bytes(b'')
    assert train(finished, '--resume').stderr.endswith(f'{what}; start again without --resume\n')
