"""Mistakes end in one line and code 2, faults of ours in a traceback."""

from __future__ import annotations

import argparse
import errno
import io
import logging
import os
import shlex
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from torch.utils.data import DataLoader, Dataset

from mmacl.cli import add_config_arguments, add_seed_arguments, run_tool, seed
from mmacl.config import load_config, parse_options
from mmacl.utils import InputError, check_can_write

ROOT = Path(__file__).resolve().parents[2]


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
    batches = iter(DataLoader(Faulty(), num_workers=1))
    with pytest.raises(SystemExit):
        run_tool(lambda: next(batches))
    batches._shutdown_workers()  # the garbage collector, which breaks the pipes first, would wait for 5 s
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
    found = options("a=dict(type='X', n=(1, 2), inner=[dict(b=None)])", "b={'c': dict(d=True)}")
    assert found == {'a': {'type': 'X', 'n': (1, 2), 'inner': [{'b': None}]}, 'b': {'c': {'d': True}}}


@pytest.mark.parametrize('word', ['a=dict(1)', 'a=dict(**b)', 'a={**b}', 'a=dict(b=c)', 'a=x(b=1,c=2)'])
def test_values_that_cannot_be_read_are_named(word):
    with pytest.raises(InputError, match=r'a: .*(is not a mapping|cannot be read)'):
        options(word)


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


def full(path: str | None = None) -> OSError:
    return OSError(errno.ENOSPC, 'No space left on device', path)


@pytest.mark.parametrize(
    ('error', 'line'),
    [
        (full('a.json'), 'a.json: the disk is full (No space left on device); free space and run the command again'),
        (full(), 'the disk is full (No space left on device); free space and run the command again'),
        (
            PermissionError(errno.EACCES, 'Permission denied', 'a.json'),
            'a.json: cannot be read or written (Permission denied); check the path, its disk and its permissions',
        ),
        (
            OSError(errno.EIO, 'Input/output error'),
            'cannot be read or written (Input/output error); check the path, its disk and its permissions',
        ),
    ],
)
def test_what_the_system_refuses_is_one_line(error, line, capsys):
    with pytest.raises(SystemExit) as end:
        run_tool(refuse(error))
    assert (end.value.code, capsys.readouterr().err) == (2, f'error: {line}\n')


def test_a_full_disk_without_a_name_is_the_one_of_an_output(tmp_path, monkeypatch, capsys):
    check_can_write(tmp_path / 'w', folder=True)
    monkeypatch.setattr(
        'shutil.disk_usage', lambda path: SimpleNamespace(free=0 if path == str(tmp_path / 'w') else 9e9)
    )
    with pytest.raises(SystemExit):
        run_tool(refuse(full()))
    assert capsys.readouterr().err.startswith(f'error: {tmp_path / "w"}: the disk is full')


def test_a_log_that_cannot_be_written_ends_the_command(tmp_path, capsys):
    class FullDisk(io.StringIO):
        def write(self, text):
            raise full()

    def main() -> None:
        handler = logging.FileHandler(tmp_path / 'a.log', delay=True)
        handler.stream = FullDisk()
        handler.handle(logging.makeLogRecord({'msg': 'x'}))

    with pytest.raises(SystemExit):
        run_tool(main)
    assert capsys.readouterr().err.startswith(f'error: {tmp_path / "a.log"}: the disk is full')


def shell(command: str, body: str, tmp_path, **variables: str) -> tuple[int, str, str]:
    """Exit code, output and errors of a command with this body, which a shell starts as ``command`` says."""
    (tmp_path / 'c.py').write_text(
        f'import sys\nfrom mmacl.cli import run_tool\n\ndef main():\n    {body}\n\nrun_tool(main)\n'
    )
    environment = {**os.environ, 'PYTHONPATH': str(ROOT), 'PYTHONUNBUFFERED': '', **variables}
    done = subprocess.run(
        ['bash', '-c', command.replace('PY', f'{shlex.quote(sys.executable)} c.py')],
        cwd=tmp_path, env=environment, capture_output=True, text=True, encoding='utf-8',
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize('closed', ['<&-', '>&-', '2>&-', '<&- >&- 2>&-'])
def test_a_closed_standard_stream_is_the_null_device(closed, tmp_path):
    body = "sys.stdout.isatty(); print('x'); print('y', file=sys.stderr); assert not sys.stdin.read()\n"
    body += "    open('new', 'w').write('n'); open('numbers', 'w').write(str(open('new').fileno()))"
    code, _, errors = shell(f'PY {closed}' if '<' in closed else f'PY {closed} </dev/null', body, tmp_path)
    assert (code, errors.replace('y\n', '')) == (0, '')
    assert (tmp_path / 'new').read_text() == 'n'
    assert int((tmp_path / 'numbers').read_text()) > 2


def test_a_full_standard_output_is_named(tmp_path):
    code, _, errors = shell('PY >/dev/full', "print('x')", tmp_path)
    assert code == 2
    assert errors.startswith('error: standard output: the disk is full')
    assert len(errors.splitlines()) == 1


def test_a_reader_that_has_gone_ends_the_command_silently(tmp_path):
    code, _, errors = shell('set -o pipefail; PY | true', "print('x' * 2**20)", tmp_path)
    assert (code, errors) == (141, '')


@pytest.mark.parametrize(
    'variables', [{'PYTHONIOENCODING': 'ascii'}, {'LC_ALL': 'C', 'PYTHONUTF8': '0', 'PYTHONCOERCECLOCALE': '0'}]
)
def test_what_the_encoding_lacks_is_escaped(variables, tmp_path):
    code, output, errors = shell('PY', "print('Zürich')", tmp_path, **variables)
    assert (code, output, errors) == (0, 'Z\\xfcrich\n', '')


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
