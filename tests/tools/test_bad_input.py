"""Every mistake of a user: one line with value, file and remedy, exit code 2, no traceback, nothing overwritten."""

from __future__ import annotations

import json
import os
import pickle
from pathlib import Path

import numpy as np
import pytest
import torch


def edit_annotations(folder: Path, change) -> None:
    path = folder / 'annotations.json'
    content = json.loads(path.read_text())
    change(content['database'])
    path.write_text(json.dumps(content))


def set_segment(*segment: float):
    def change(folder: Path) -> None:
        edit_annotations(folder, lambda db: db['video_000']['annotations'][0].update(segment=list(segment)))

    return change


def rgb(folder: Path, name: str = 'video_000') -> Path:
    return folder / 'features' / 'rgb' / f'{name}.npy'


def write_rgb(array) -> object:
    return lambda folder: np.save(rgb(folder), array(np.load(rgb(folder))))


def truncate(folder: Path) -> None:
    rgb(folder).write_bytes(rgb(folder).read_bytes()[:-40])


def with_value(value: float):
    def change(features: np.ndarray) -> np.ndarray:
        features[4, 2] = value
        return features

    return change


def duplicate_name(folder: Path) -> None:
    path = folder / 'annotations.json'
    path.write_text(path.read_text().replace('"video_001"', '"video_000"'))


def unknown_class(folder: Path) -> None:
    edit_annotations(folder, lambda db: db['video_000']['annotations'][0].update(label='juggling'))


def no_subset(folder: Path) -> None:
    edit_annotations(folder, lambda db: [entry.update(subset='dev') for entry in db.values()])


def empty_class(folder: Path) -> None:
    edit_annotations(folder, lambda db: [entry['annotations'][0].update(label='class_0') for entry in db.values()])


CLASSES = "classes = ('class_0', 'class_1', 'class_2')\n" + ''.join(
    f"{name}_dataloader['dataset']['classes'] = classes\n" for name in ('train', 'test')
)

DATA_FAULTS = {
    'feature file missing': (lambda folder: rgb(folder).unlink(), ['features/rgb/video_000.npy']),
    'truncated': (truncate, ['features/rgb/video_000.npy']),
    'empty': (lambda folder: rgb(folder).write_bytes(b''), ['features/rgb/video_000.npy']),
    'no snippet': (write_rgb(lambda x: x[:0]), ['features/rgb/video_000.npy', '(0, 12)']),
    'NaN': (write_rgb(with_value(np.nan)), ['features/rgb/video_000.npy', '4']),
    'infinite': (write_rgb(with_value(np.inf)), ['features/rgb/video_000.npy', '4']),
    'wrong width': (write_rgb(lambda x: x[:, :7]), ['features/rgb/video_000.npy', '7', '12']),
    '1-d': (write_rgb(lambda x: x[:, 0]), ['features/rgb/video_000.npy']),
    'objects': (write_rgb(lambda x: np.array([{}], dtype=object)), ['features/rgb/video_000.npy']),
    'streams of different length': (write_rgb(lambda x: x[:-3]), ['video_000', 'flow']),
    'unknown class': (unknown_class, ['annotations.json', 'juggling', 'video_000']),
    'end before start': (set_segment(5, 2), ['annotations.json', 'video_000', '5', '2']),
    'end at start': (set_segment(2, 2), ['annotations.json', 'video_000', '2']),
    'past the end': (set_segment(2, 500), ['annotations.json', 'video_000', '500']),
    'duplicate video names': (duplicate_name, ['annotations.json', 'video_000']),
    'no video in the subset': (no_subset, ['annotations.json', 'train', 'dev']),
    'an empty class': (empty_class, ['annotations.json', 'class_1']),
    'annotations not JSON': (lambda folder: (folder / 'annotations.json').write_text('{'), ['annotations.json']),
}


@pytest.mark.parametrize('fault', DATA_FAULTS)
def test_faulty_data_are_refused_before_any_work(fault, cli, folder, write_config, tmp_path):
    spoil, named = DATA_FAULTS[fault]
    spoil(folder)
    work_dir = tmp_path / 'work'
    code, _, error = cli('train.py', write_config(folder, CLASSES), '--work-dir', work_dir)
    assert code == 2, error
    assert error.startswith('error: ')
    assert 'Traceback' not in error
    for word in named:
        assert word in error
    assert not work_dir.exists()


def test_one_line_each(cli, folder, write_config, tmp_path):
    set_segment(2, 500)(folder)
    _, _, error = cli('train.py', write_config(folder), '--work-dir', tmp_path / 'work')
    assert len(error.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ('options', 'named'),
    [
        (['model.num_clusters=40'], ['40', '12']),
        (['model.num_clusterz=3'], ["did you mean 'num_clusters'?"]),
        (['+model.stream.backbone.dilation=3'], ['FAB', "'dilation'", "did you mean 'dilations'?"]),
        (['model.stream.backbone.type=FAP'], ["'FAP' is not registered"]),
        (['model.stream.backbone.dilations=[]'], ['dilations']),
        (['train_cfg.num_rounds=0'], ['num_rounds=0']),
        (['train_dataloader.batch_size=5'], ['5', '6']),
        (['default_hooks.checkpoint.max_keep_ckpts=1'], ['max_keep_ckpts=1']),
        (['default_hooks.restart.reinit=some'], ["reinit='some'"]),
        (['model.attention=hardmax'], ['hardmax']),
        (['train_dataloader.dataset.timing.fps=0'], ['fps']),
    ],
)
def test_faulty_configs_are_refused(options, named, cli, folder, write_config, tmp_path):
    code, _, error = cli('train.py', write_config(folder), '--work-dir', tmp_path / 'work', '--cfg-options', *options)
    assert code == 2, error
    assert len(error.strip().splitlines()) == 1
    for word in named:
        assert word in error


def test_misspelt_names_in_the_file_are_found(cli, folder, write_config, tmp_path):
    config = write_config(folder, 'optim_wraper = dict(optimizer=dict(lr=1))\n')
    code, _, error = cli('train.py', config, '--work-dir', tmp_path / 'work')
    assert code == 2
    assert "'optim_wraper' is not known; did you mean 'optim_wrapper'?" in error


@pytest.mark.parametrize(
    ('content', 'named'),
    [('raise_', 'NameError'), ('model = dict(', 'SyntaxError'), ("_base_ = './absent.py'", 'absent.py')],
)
def test_faulty_config_files_are_refused(content, named, cli, tmp_path):
    path = tmp_path / 'broken.py'
    path.write_text(content)
    code, _, error = cli('train.py', path)
    assert code == 2, error
    assert str(path) in error
    assert named in error
    assert len(error.strip().splitlines()) == 1


def test_a_missing_config_is_refused(cli, tmp_path):
    code, _, error = cli('train.py', tmp_path / 'absent.py')
    assert code == 2
    assert 'no such config file' in error


class Evil:
    """Would write a file when unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return os.system, (f'touch {self.path}',)


@pytest.fixture
def checkpoint(cli, folder, write_config, tmp_path):
    extra = 'train_cfg = dict(num_rounds=1, epochs_per_round=1)\n'
    code, _, error = cli('train.py', write_config(folder, extra), '--work-dir', tmp_path / 'trained')
    assert code == 0, error
    return tmp_path / 'trained' / 'epoch_1.pth'


def test_checkpoints_of_another_model_are_refused(cli, folder, write_config, tmp_path, checkpoint):
    config = write_config(folder)
    for option, named in (
        ('model.num_clusters=2', ['num_clusters=3', 'num_clusters=2']),
        ('model.stream.backbone.branch_channels=8', ['backbone', 'shape']),
    ):
        code, _, error = cli('test.py', config, checkpoint, '--work-dir', tmp_path / 't', '--cfg-options', option)
        assert code == 2, error
        assert len(error.strip().splitlines()) == 1
        for word in named:
            assert word in error


def test_files_that_are_no_checkpoint_are_refused(cli, folder, write_config, tmp_path, checkpoint):
    config = write_config(folder)
    text, cut, other, evil, target = (tmp_path / name for name in ('a.pth', 'b.pth', 'c.pth', 'd.pth', 'executed'))
    text.write_text('not a checkpoint')
    cut.write_bytes(checkpoint.read_bytes()[:5000])
    torch.save([1, 2], other)
    evil.write_bytes(pickle.dumps(Evil(target)))
    zipped = tmp_path / 'e.pth'
    torch.save({'state_dict': Evil(target)}, zipped)
    for path in (text, cut, other, evil, zipped, tmp_path / 'absent.pth'):
        out = tmp_path / 'results.json'
        code, _, error = cli('test.py', config, path, '--work-dir', tmp_path / 't', '--out', out)
        assert code == 2, error
        assert str(path) in error
        assert len(error.strip().splitlines()) == 1
        assert not out.exists()
    assert not target.exists()


def test_missing_features_name_the_layouts_and_a_way_to_run(cli, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    config = Path(__file__).resolve().parents[2] / 'configs' / 'acl' / 'acl_thumos14_us.py'
    code, _, error = cli('train.py', config)
    assert code == 2
    assert 'configs/acl/acl_synthetic_us.py' in error
    assert 'data/thumos14' in error
    assert 'Traceback' not in error
    assert len(error.strip().splitlines()) <= 10
    assert list(tmp_path.iterdir()) == []
