"""Every tool says how it is used; the launchers start what they say."""

from __future__ import annotations

import json
import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from mmacl.__main__ import main as package_main
from mmacl.commands import command_names

ROOT = Path(__file__).resolve().parents[2]
# The topics of benchmark.py and the tables of write_results.py are modules, not tools.
PYTHON_TOOLS = sorted(
    path.relative_to(ROOT).as_posix()
    for path in (ROOT / 'tools').rglob('*.py')
    if path.parent.name not in ('benchmarks', 'results')
)
LAUNCHERS = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / 'tools').rglob('*.sh'))
CONFIG = 'configs/acl/acl_synthetic_us.py'


def run_here(monkeypatch, tool: str, *arguments: str) -> int:
    """Run a tool as a script in this process, which spares the seconds of importing torch again; its exit code."""
    monkeypatch.setattr(sys, 'argv', [tool, *arguments])
    monkeypatch.chdir(ROOT)
    try:
        runpy.run_path(str(ROOT / tool), run_name='__main__')
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


@pytest.mark.parametrize('tool', PYTHON_TOOLS)
def test_python_tool_answers_help(tool, monkeypatch, capsys):
    assert run_here(monkeypatch, tool, '--help') == 0
    assert capsys.readouterr().out.startswith('usage:')


@pytest.mark.parametrize('tool', PYTHON_TOOLS)
def test_python_tool_refuses_an_unknown_argument(tool, monkeypatch, capsys):
    assert run_here(monkeypatch, tool, '--no-such-argument') == 2
    assert 'error:' in capsys.readouterr().err


def test_a_tool_runs_as_a_program_of_its_own():
    done = subprocess.run(
        [sys.executable, 'tools/misc/print_config.py', 'no_such_config.py'], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith('error: no_such_config.py')
    assert 'Traceback' not in done.stderr


@pytest.mark.parametrize('word', [(), ('-h',), ('--help',)])
def test_the_package_lists_its_commands(word, monkeypatch, capsys):
    monkeypatch.setattr(sys, 'argv', ['mmacl', *word])
    package_main()
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == 'usage: mmacl COMMAND ...; mmacl COMMAND --help'
    assert [line.split()[0] for line in lines[3:]] == command_names()
    assert all(len(line.split()) > 4 for line in lines[3:])


def test_a_command_that_does_not_exist_is_refused_with_the_nearest(monkeypatch, capsys):
    monkeypatch.setattr(sys, 'argv', ['mmacl', 'trian'])
    with pytest.raises(SystemExit, match='2'):
        package_main()
    assert capsys.readouterr().err == "error: 'trian' is not a command; did you mean train? mmacl --help lists them\n"


def test_every_command_has_its_script():
    scripts = {Path(tool).stem for tool in PYTHON_TOOLS if 'run_command' in (ROOT / tool).read_text()}
    assert scripts == set(command_names())


def test_print_config_shows_overrides_as_python(monkeypatch, capsys):
    assert run_here(monkeypatch, 'tools/misc/print_config.py', CONFIG, '--cfg-options', 'train_cfg.num_rounds=7') == 0
    namespace: dict = {}
    exec(capsys.readouterr().out, namespace)
    assert namespace['train_cfg']['num_rounds'] == 7
    assert namespace['model']['type'] == 'TwoStreamLocalizer'


def test_print_config_shows_one_json_object(monkeypatch, capsys):
    assert run_here(monkeypatch, 'tools/misc/print_config.py', CONFIG, '--json') == 0
    assert json.loads(capsys.readouterr().out)['model']['type'] == 'TwoStreamLocalizer'


def test_a_command_takes_the_name_of_a_config_in_place_of_its_path(monkeypatch, capsys):
    texts = []
    for config in (CONFIG, 'acl_synthetic_us'):
        assert run_here(monkeypatch, 'tools/misc/print_config.py', config) == 0
        texts.append(capsys.readouterr().out)
    assert texts[0] == texts[1]


def test_print_config_refuses_an_unknown_path(monkeypatch, capsys):
    assert run_here(monkeypatch, 'tools/misc/print_config.py', CONFIG, '--cfg-options', 'model.num_cluster=3') == 2
    assert 'num_clusters' in capsys.readouterr().err


@pytest.fixture
def recorded(tmp_path):
    """Run a launcher with stand-ins for python and srun that write down how they were called."""
    for name in ('python', 'srun'):
        stand_in = tmp_path / name
        stand_in.write_text(
            f'#!/usr/bin/env bash\n[ "$1" = -c ] && {{ echo 45678; exit; }}\nprintf "%s\\n" {name} "$@"\n'
        )
        stand_in.chmod(0o755)

    def run(*command: str, **variables: str) -> list[str]:
        environment = {'PATH': f'{tmp_path}{os.pathsep}{os.environ["PATH"]}', 'HOME': str(tmp_path), **variables}
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    return run


def follows(words: list[str], first: str) -> str:
    """The word after another."""
    return words[words.index(first) + 1]


@pytest.mark.parametrize('launcher', LAUNCHERS)
def test_launcher_answers_help(launcher):
    done = subprocess.run(['bash', launcher, '--help'], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, '')
    assert done.stdout.startswith(f'usage: {launcher}')


@pytest.mark.parametrize('launcher', LAUNCHERS)
def test_launcher_without_arguments_says_what_it_needs(launcher):
    done = subprocess.run(['bash', launcher], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.startswith(f'usage: {launcher}')


@pytest.mark.parametrize('launcher', LAUNCHERS)
def test_launcher_can_be_executed(launcher):
    assert os.access(ROOT / launcher, os.X_OK)


def test_dist_train(recorded):
    words = recorded('tools/dist_train.sh', 'a config.py', '3', '--work-dir', 'with space')
    assert words[:3] == ['python', '-m', 'torch.distributed.run']
    assert follows(words, '--nproc_per_node') == '3'
    assert follows(words, '--master_port') == '45678'
    assert Path(words[words.index('a config.py') - 1]).name == 'train.py'
    assert words[words.index('a config.py') + 1 :] == ['--launcher', 'pytorch', '--work-dir', 'with space']


def test_dist_train_on_several_machines(recorded):
    words = recorded('tools/dist_train.sh', 'c.py', '8', NNODES='2', NODE_RANK='1', MASTER_ADDR='10.0.0.1')
    assert [follows(words, f'--{name}') for name in ('nnodes', 'node_rank', 'master_addr', 'master_port')] == [
        '2',
        '1',
        '10.0.0.1',
        '29500',
    ]


def test_dist_test(recorded):
    words = recorded('tools/dist_test.sh', 'c.py', 'epoch_1.pth', '2', '--out', 'r.json')
    assert follows(words, '--nproc_per_node') == '2'
    assert Path(words[words.index('c.py') - 1]).name == 'test.py'
    assert words[words.index('c.py') + 1 :] == ['epoch_1.pth', '--launcher', 'pytorch', '--out', 'r.json']


def test_slurm_train(recorded):
    words = recorded(
        'tools/slurm_train.sh', 'gpu', 'job', 'c.py', '--seed', '1', GPUS='16', SRUN_ARGS='--time 1:00 -x n1'
    )
    assert words[0] == 'srun'
    assert follows(words, '--ntasks') == '16'
    assert follows(words, '--ntasks-per-node') == '8'
    assert follows(words, '--gres') == 'gpu:8'
    assert follows(words, '-x') == 'n1'
    assert words[words.index('c.py') + 1 :] == ['--launcher', 'slurm', '--seed', '1']


def test_slurm_test_without_gpus(recorded):
    words = recorded('tools/slurm_test.sh', 'cpu', 'job', 'c.py', 'epoch_1.pth', GPUS='2', CPU_ONLY='1')
    assert '--gres' not in words
    assert follows(words, '--ntasks') == '2'
    assert words[words.index('c.py') + 1 :] == ['epoch_1.pth', '--launcher', 'slurm']
