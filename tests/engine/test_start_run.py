"""Before a run: data are looked at once, and nothing of an earlier run is lost."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import torch
from mmengine.config import Config

from mmacl.apis import build_runner, check_datasets, prepare_work_dir
from mmacl.registry import DATASETS
from mmacl.utils import InputError


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
