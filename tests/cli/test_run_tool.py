"""Mistakes end in one line and code 2, faults of ours in a traceback."""

from __future__ import annotations

import argparse
import sys

import pytest
from torch.utils.data import DataLoader, Dataset

from mmacl.cli import add_config_arguments, add_seed_arguments, run_tool, seed
from mmacl.config import load_config, parse_options
from mmacl.utils import InputError


class Faulty(Dataset):
    def __len__(self) -> int:
        return 2

    def __getitem__(self, index: int) -> int:
        raise InputError(f'v{index}.npy: 3 values are NaN;\n  extract it again')


def refuse(error: BaseException):
    def main() -> None:
        raise error

    return main


def test_a_mistake_is_one_line_and_code_2(capsys):
    with pytest.raises(SystemExit) as end:
        run_tool(refuse(InputError('a.npy: missing; extract it')))
    assert end.value.code == 2
    assert capsys.readouterr().err == 'error: a.npy: missing; extract it\n'


def test_a_mistake_found_by_a_worker_comes_without_its_traceback(capsys):
    with pytest.raises(SystemExit):
        run_tool(lambda: next(iter(DataLoader(Faulty(), num_workers=1))))
    assert capsys.readouterr().err == 'error: v0.npy: 3 values are NaN;\n  extract it again\n'


@pytest.mark.parametrize(('told', 'line'), [((), 'interrupted\n'), (('go on',), 'interrupted; go on\n')])
def test_an_interrupt_says_how_to_go_on_where_one_can(told, line, capsys, monkeypatch):
    ends = []
    monkeypatch.setattr('os._exit', ends.append)
    run_tool(refuse(KeyboardInterrupt()), *told)
    assert (ends, capsys.readouterr().err) == ([130], line)


def test_a_fault_of_ours_keeps_its_traceback():
    for error in (RuntimeError('x'), TypeError('unsupported operand'), KeyError('x')):
        with pytest.raises(type(error)):
            run_tool(refuse(error))


def test_plugins_are_imported_before_the_config_is_checked(tmp_path, monkeypatch):
    (tmp_path / 'my_backbone_plugin.py').write_text(
        'from torch import nn\nfrom mmacl.registry import MODELS\n'
        '@MODELS.register_module()\nclass MyPluginBackbone(nn.Module):\n'
        '    def __init__(self, in_channels, depth=2):\n        super().__init__()\n'
    )
    monkeypatch.setattr(sys, 'path', [str(tmp_path), *sys.path])
    config = tmp_path / 'c.py'
    config.write_text("model = dict(type='MyPluginBackbone', in_channels=4)\n")
    with pytest.raises(InputError, match=r'MyPluginBackbone.* is not registered'):
        load_config(config)
    assert load_config(config, plugins=['my_backbone_plugin']).model.in_channels == 4
    with pytest.raises(InputError, match=r"--cfg-options model.dept: .*'dept'"):
        load_config(config, {'model.dept': 3}, ['my_backbone_plugin'])
    with pytest.raises(InputError, match='--plugin no_such_module'):
        load_config(config, plugins=['no_such_module'])


def test_a_config_in_another_language_is_refused(tmp_path):
    path = tmp_path / 'c.json'
    path.write_text('{}')
    with pytest.raises(InputError, match=r'a config is a \.py file'):
        load_config(path)


def options(*words: str) -> dict:
    parser = argparse.ArgumentParser()
    add_config_arguments(parser)
    return parse_options(parser.parse_args(['c.py', '--cfg-options', *words]).cfg_options)


def test_options_may_be_mappings():
    found = options("a.b={'type': 'X', 'n': [1, 2]}", 'c=3', 'd=[1,2]')
    assert found == {'a.b': {'type': 'X', 'n': [1, 2]}, 'c': 3, 'd': [1, 2]}


@pytest.mark.parametrize('word', ['a.b', '=3'])
def test_options_of_another_form_are_refused(word, capsys):
    with pytest.raises(SystemExit) as end:
        options(word)
    assert end.value.code == 2
    assert '--cfg-options' in capsys.readouterr().err


@pytest.mark.parametrize('word', ['a={1', 'a=[1,(2]'])
def test_values_that_cannot_be_read_are_refused(word):
    with pytest.raises(InputError, match='--cfg-options a'):
        options(word)


def test_a_file_that_cannot_be_written_is_a_mistake(capsys, tmp_path):
    (tmp_path / 'file').touch()
    with pytest.raises(SystemExit) as end:
        run_tool(lambda: (tmp_path / 'file' / 'x').mkdir())
    assert end.value.code == 2
    assert 'cannot be read or written' in capsys.readouterr().err


@pytest.mark.parametrize('word', ['-1', str(2**32), 'abc'])
def test_seeds_that_no_generator_takes_are_refused(word):
    with pytest.raises((argparse.ArgumentTypeError, ValueError)):
        seed(word)


def test_words_of_options_are_kept_to_be_handed_on():
    parser = argparse.ArgumentParser()
    add_seed_arguments(parser)
    found = parser.parse_args(['--cfg-options', 'a=1', "b={'type': 'X'}", '--seeds', '4', '--cfg-options', '+c=[1,2]'])
    assert found.cfg_options == ('a=1', "b={'type': 'X'}", '+c=[1,2]')
    assert (found.seeds, found.jobs) == ([4], 1)
    assert parser.parse_args([]).cfg_options == ()
    with pytest.raises(SystemExit):
        parser.parse_args(['--jobs', '0'])
