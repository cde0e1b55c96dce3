"""Before a run: data are looked at once, and nothing of an earlier run is lost."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from mmengine.config import Config

from mmacl.apis import check_datasets, prepare_work_dir
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


def config_for(work_dir: Path) -> Config:
    return Config({'work_dir': str(work_dir), 'resume': False, 'load_from': None})


def test_a_new_run_moves_what_it_would_overwrite(tmp_path):
    for name in ('epoch_3.pth', 'epoch_12.pth', 'notes.txt'):
        (tmp_path / name).write_text(name)
    (tmp_path / 'clusters').mkdir()
    prepare_work_dir(config_for(tmp_path), None)
    (kept,) = tmp_path.glob('earlier_*')
    assert sorted(path.name for path in kept.iterdir()) == ['clusters', 'epoch_12.pth', 'epoch_3.pth']
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([kept.name, 'notes.txt'])


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


def test_resuming_from_an_older_checkpoint_moves_the_later_ones_aside(tmp_path):
    for epoch in (1, 2, 3):
        torch.save({'state_dict': {}}, tmp_path / f'epoch_{epoch}.pth')
    prepare_work_dir(config_for(tmp_path), str(tmp_path / 'epoch_2.pth'))
    assert sorted(path.name for path in tmp_path.glob('epoch_*')) == ['epoch_1.pth', 'epoch_2.pth']
    assert [path.name for path in tmp_path.glob('earlier_*/*')] == ['epoch_3.pth']


def test_resuming_from_another_run_moves_all_of_this_one_aside(tmp_path):
    (tmp_path / 'a').mkdir()
    (tmp_path / 'b').mkdir()
    for name in ('a/epoch_2.pth', 'b/epoch_1.pth', 'b/epoch_5.pth'):
        torch.save({'state_dict': {}}, tmp_path / name)
    prepare_work_dir(config_for(tmp_path / 'b'), str(tmp_path / 'a' / 'epoch_2.pth'))
    assert not list((tmp_path / 'b').glob('epoch_*'))
    assert (tmp_path / 'a' / 'epoch_2.pth').exists()
