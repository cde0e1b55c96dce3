"""A run that is killed at any moment and resumed equals one that never stopped, bit for bit."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import torch

PLUGINS = str(Path(__file__).parent / 'plugins')
EXTRA = """
custom_hooks = [dict(type='KillSwitchHook')]
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


@pytest.fixture
def train(run_tool, folder, write_config, tmp_path):
    config = write_config(folder, EXTRA)

    def run(name: str, *args: str, moment: str = ''):
        env = {'KILL_MOMENT': moment, 'PYTHONPATH': f'{PLUGINS}:{Path(__file__).resolve().parents[2]}'}
        work_dir = tmp_path / name
        done = run_tool('train.py', config, '--work-dir', work_dir, '--plugin', 'kill_switch', *args, env=env)
        return done, work_dir

    return run


def test_killed_at_any_moment_and_resumed_equals_never_killed(train):
    done, whole = train('whole')
    assert done.returncode == 0, done.stderr
    expected = torch.load(whole / 'epoch_6.pth', weights_only=True)
    assert len(rows_of(whole)) == 3

    for moment in ('mid_round', 'clustering', 'before_validation', 'while_saving', 'after_validation'):
        killed, work_dir = train(moment, moment=moment)
        assert killed.returncode == -9, f'{moment}: {killed.stderr}'
        assert not (work_dir / 'epoch_6.pth').exists()
        resumed, _ = train(moment, '--resume')
        assert resumed.returncode == 0, f'{moment}: {resumed.stderr}'

        found = torch.load(work_dir / 'epoch_6.pth', weights_only=True)
        for name, tensor in expected['state_dict'].items():
            assert torch.equal(tensor, found['state_dict'][name]), f'{moment}: {name}'
        assert found['clustering'] == expected['clustering'], moment
        assert rows_of(work_dir) == rows_of(whole), moment
        assert final_tables(resumed.stdout) == final_tables(done.stdout), moment
        assert records_of(work_dir) == records_of(whole), moment
        # What a killed write leaves behind is never taken for a checkpoint.
        assert sorted(path.name for path in work_dir.glob('epoch_*')) == ['epoch_5.pth', 'epoch_6.pth'], moment


def test_resume_without_a_checkpoint_starts_from_the_beginning(train):
    done, work_dir = train('fresh', '--resume')
    assert done.returncode == 0, done.stderr
    assert 'starting from the beginning' in done.stdout
    assert len(rows_of(work_dir)) == 3


def test_a_new_run_moves_the_checkpoints_of_an_earlier_one_aside(train):
    train('twice')
    done, work_dir = train('twice')
    assert 'was moved to' in done.stdout
    assert [path.name for path in work_dir.glob('earlier_*/epoch_6.pth')] == ['epoch_6.pth']
    assert (work_dir / 'epoch_6.pth').exists()
    assert [path.name for path in work_dir.glob('earlier_*/records/run.json')] == ['run.json']
    assert len(list(work_dir.glob('records/round_*/detections.json'))) == 3


def test_resuming_with_another_seed_is_refused_and_moves_nothing(train):
    _, work_dir = train('seeded')
    before = sorted(path.name for path in work_dir.glob('epoch_*'))
    done, _ = train('seeded', '--resume', str(work_dir / 'epoch_5.pth'), '--seed', '7')
    assert sorted(path.name for path in work_dir.glob('epoch_*')) == before
    assert done.returncode == 2
    assert 'epoch_5.pth: the run to resume has seed 0, this one has 7; add --seed 0' in done.stderr
    assert 'Traceback' not in done.stderr


def test_a_refused_run_leaves_an_earlier_one_as_it_is(train):
    _, work_dir = train('refused')
    before = {path: path.read_bytes() for path in work_dir.iterdir() if path.is_file()}
    done, _ = train('refused', '--cfg-options', 'model.num_clusters=40')
    assert done.returncode == 2
    assert {path: path.read_bytes() for path in work_dir.iterdir() if path.is_file()} == before
    assert not list(work_dir.glob('earlier_*'))


def test_resuming_from_an_older_checkpoint_moves_the_later_ones_aside(train):
    _, work_dir = train('older')
    done, _ = train('older', '--resume', str(work_dir / 'epoch_5.pth'))
    assert done.returncode == 0, done.stderr
    assert [path.name for path in work_dir.glob('earlier_*/*')] == ['epoch_6.pth']
    (earlier,) = work_dir.glob('earlier_*/epoch_6.pth')
    old, new = (torch.load(path, weights_only=True)['state_dict'] for path in (earlier, work_dir / 'epoch_6.pth'))
    assert all(torch.equal(old[name], new[name]) for name in old)
