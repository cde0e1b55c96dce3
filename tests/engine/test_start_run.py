"""Before a run: data are looked at once, and nothing of an earlier run is lost."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

import pytest
import torch
from mmengine.config import Config

from mmacl.apis import build_runner, check_datasets, prepare_work_dir
from mmacl.datasets.stores import NpyFolderStore
from mmacl.registry import DATASETS
from mmacl.utils import InputError
from mmacl.utils.folder_lock import FolderLock


@DATASETS.register_module()
class CountingDataset:
    """Counts how often it is checked."""

    checked: list[str] = []  # noqa: RUF012

    def __init__(self, name: str) -> None:
        self.name = name

    def check_files(self) -> None:
        self.checked.append(f'{self.name} files')

    def check_finite(self) -> None:
        self.checked.append(f'{self.name} values')


def test_each_dataset_is_checked_once_headers_first():
    train, test = ({'dataset': {'type': 'CountingDataset', 'name': name}} for name in ('train', 'test'))
    config = Config({'train_dataloader': train, 'val_dataloader': test, 'test_dataloader': test})
    CountingDataset.checked.clear()
    check_datasets(config)
    assert CountingDataset.checked == ['train files', 'train values', 'test files', 'test values']
    CountingDataset.checked.clear()
    check_datasets(config, train=False)
    assert CountingDataset.checked == ['test files', 'test values']
    CountingDataset.checked.clear()
    check_datasets(config, values=False)
    assert CountingDataset.checked == ['train files', 'test files']


def test_training_reads_each_file_once(cli, folder, write_config, monkeypatch, tmp_path):
    read, load = [], NpyFolderStore.load

    def counted(store, *args):
        read.append(args)
        return load(store, *args)

    monkeypatch.setattr(NpyFolderStore, 'load', counted)
    cache = 'cache=dict(budget_bytes=1 << 20)'
    extra = f"train_dataloader['dataset'].update({cache})\ntest_dataloader['dataset'].update({cache})\n"
    code, _, error = cli('train.py', write_config(folder, extra), '--work-dir', tmp_path / 'work')
    assert code == 0, error
    assert len(read) == len(set(read)) == 36  # 18 videos of two streams


def test_second_training_in_a_work_dir_is_refused_at_once(cli, folder, write_config, tmp_path):
    config, work_dir = write_config(folder, 'train_cfg = dict(num_rounds=1, epochs_per_round=1)\n'), tmp_path / 'work'
    assert cli('train.py', config, '--work-dir', work_dir)[0] == 0
    with FolderLock(work_dir):
        before = {path: path.stat().st_mtime_ns for path in work_dir.rglob('*')}
        code, _, error = cli('train.py', config, '--work-dir', work_dir, '--seed', 1)
        assert code == 2
        assert error == (
            f'error: {work_dir}: is in use by process {os.getpid()}; wait for that training to end, or give another '
            '--work-dir\n'
        )
        assert {path: path.stat().st_mtime_ns for path in work_dir.rglob('*')} == before
        code, _, error = cli('test.py', config, work_dir / 'epoch_1.pth', '--work-dir', work_dir)
        assert code == 0, error


def config_for(work_dir: Path) -> Config:
    return Config({'work_dir': str(work_dir), 'resume': False, 'load_from': None})


def test_a_new_run_touches_nothing_yet(tmp_path):
    (tmp_path / 'epoch_3.pth').touch()
    config = config_for(tmp_path)
    prepare_work_dir(config, None)
    assert [path.name for path in tmp_path.iterdir()] == ['epoch_3.pth']
    assert config.resume is False


def test_resuming_takes_the_latest(tmp_path):
    for epoch in (2, 10):
        torch.save({'state_dict': {}}, tmp_path / f'epoch_{epoch}.pth')
    config = config_for(tmp_path)
    prepare_work_dir(config, 'auto')
    assert config.resume is True
    assert config.load_from == str(tmp_path / 'epoch_10.pth')
    assert len(list(tmp_path.iterdir())) == 2


def test_resuming_from_nothing_starts_at_the_beginning(tmp_path, capsys):
    config = config_for(tmp_path / 'new')
    prepare_work_dir(config, 'auto')
    assert config.resume is False
    assert 'starting from the beginning' in capsys.readouterr().out


def test_resuming_from_a_missing_checkpoint_is_refused(tmp_path):
    with pytest.raises(InputError, match='no such checkpoint'):
        prepare_work_dir(config_for(tmp_path), str(tmp_path / 'absent.pth'))


def test_a_work_dir_that_is_a_file_is_refused(tmp_path):
    (tmp_path / 'file').touch()
    with pytest.raises(InputError, match='is a file'):
        prepare_work_dir(config_for(tmp_path / 'file'), None)


@pytest.mark.parametrize(('key', 'value'), [('work_dir', 3), ('randomness', {'seed': 'abc'}), ('model', None)])
def test_a_value_that_cannot_be_used_is_a_mistake_of_the_config(key, value, tmp_path):
    path = tmp_path / 'c.py'
    path.write_text('')
    config = Config(
        {'work_dir': str(tmp_path / 'w'), 'model': {'type': 'Sequential'}, 'default_scope': 'mmacl', key: value},
        filename=str(path),
    )
    with pytest.raises(InputError, match=re.escape(str(path))):
        build_runner(config)


def test_a_run_gets_a_log_folder_of_its_own_second(tmp_path):
    taken = [time.strftime('%Y%m%d_%H%M%S', time.localtime(time.time() + ahead)) for ahead in (0, 1)]
    for name in taken:
        (tmp_path / name).mkdir()
    prepare_work_dir(Config(dict(work_dir=str(tmp_path))), None)
    assert time.strftime('%Y%m%d_%H%M%S') > taken[-1]
