"""What all tests share."""

from __future__ import annotations

import gc
import importlib.util
import io
import logging
import os
import runpy
import shutil
import sys
import tempfile
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import numpy as np
import pytest

from tests.small_training import CONFIG, ROOT, write_folder
from tests.warm_process import WarmProcess, start_server, trainings_as_forks

SHARED_DATA = 'MMACL_SHARED_DATA'
#: Trainings write hundreds of small files and wait for the disk with each; memory is as good a place for them.
MEMORY = '/dev/shm'
PLACE = pytest.StashKey[str]()

# Tests fork warm processes, which a process that has touched a GPU cannot. Those of a GPU run with MMACL_TEST_GPU=1.
if not os.environ.get('MMACL_TEST_GPU'):
    os.environ['CUDA_VISIBLE_DEVICES'] = ''


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        '--localizer',
        action='append',
        default=[],
        metavar='MODULE:CLASS',
        help='check this localizer (or the model of a config.py) in tests/models/localizers/test_contract.py, '
        'instead of the registered ones',
    )


def pytest_configure(config: pytest.Config) -> None:
    """Prepare for trainings; nothing heavy is imported here, where the process that shares out the tests passes too."""
    if not (ROOT / 'mmacl' / '.mim').exists():  # a checkout on PYTHONPATH; an installation makes it
        runpy.run_path(str(ROOT / 'setup.py'))['ship_configs'](ROOT / 'mmacl', link=True)
    if config.option.basetemp is None and 'TMPDIR' not in os.environ and has_room(MEMORY):
        place = tempfile.mkdtemp('', 'mmacl-', MEMORY)
        os.environ['TMPDIR'] = tempfile.tempdir = config.option.basetemp = config.stash[PLACE] = place
    # One thread, here and in the processes that tests start: the tensors of the tests are small, and what is compared
    # bit by bit must be added in one order.
    os.environ.setdefault('OMP_NUM_THREADS', '1')
    gc.disable()  # nothing that is imported or collected is garbage


def pytest_collection_finish() -> None:
    """Spare the garbage collector what lives as long as the run: modules and thousands of collected tests."""
    import torch

    torch.set_num_threads(1)
    gc.collect()
    gc.freeze()
    gc.enable()
    gc.set_threshold(50_000, 20, 20)
    if not os.environ.get('MMACL_TEST_GPU'):  # a seed for a GPU would wait for it, with a stack of 3 ms each time
        for kind in (torch.cuda, torch.xpu, torch.mtia):
            kind.manual_seed_all = lambda seed: None
    # In each phase of a test pytest puts handlers on the root and on every logger that does not propagate.
    for name, logger in logging.root.manager.loggerDict.items():
        if name.startswith('torch') and isinstance(logger, logging.Logger):
            logger.propagate = True


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> None:
    """Before the first test, and where it runs: not in the process that only shares out the tests."""
    if session.items and not session.config.option.collectonly:
        start_server()


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Keep the files of a test that failed."""
    if exitstatus == pytest.ExitCode.TESTS_FAILED:
        session.config.stash[PLACE] = ''


def pytest_unconfigure(config: pytest.Config) -> None:
    """Free the memory."""
    if place := config.stash.get(PLACE, ''):
        shutil.rmtree(place, ignore_errors=True)


def has_room(folder: str) -> bool:
    return os.access(folder, os.W_OK) and shutil.disk_usage(folder).free > 4e9


@pytest.fixture(scope='session')
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture(scope='session')
def shared_data() -> Path:
    """The folder with real data; without it the test is skipped."""
    folder = os.environ.get(SHARED_DATA)
    if not folder:
        pytest.skip(f'needs real data: set {SHARED_DATA} to the folder that holds it')
    path = Path(folder).resolve()
    if not path.is_dir():
        pytest.fail(f'{SHARED_DATA}={folder}: no such folder')
    return path


@pytest.fixture
def make_folder():
    """:func:`write_folder`."""
    return write_folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_folder(tmp_path / 'data')


@pytest.fixture
def write_config(tmp_path: Path):
    """Write a config for a folder; ``extra`` is appended to it."""

    def write(root: Path, extra: str = '', name: str = 'tiny_us') -> Path:
        path = tmp_path / f'{name}.py'
        path.write_text(CONFIG.format(repo=ROOT, root=root) + extra)
        return path

    return write


@pytest.fixture
def start_tool():
    """Start a tool of the repository in a process of its own; see :class:`WarmProcess`."""

    def start(tool: str, *args: object, env: dict[str, str] | None = None) -> WarmProcess:
        return WarmProcess(tool, args, {'OMP_NUM_THREADS': '1', **(env or {})})

    return start


@pytest.fixture(scope='module')
def warm_trainings():
    """Trainings that a tool starts are forks in this module."""
    with trainings_as_forks():
        yield


@pytest.fixture
def blank_pictures(monkeypatch):
    """Figures are built but not rendered, which takes longest: 2 x 2 pixels each. tests/visualization renders them."""
    drawing = ('figures', 'round_picture_methods', 'action_visualizer')
    for place in (*(f'visualization.{name}' for name in drawing), 'reports.page.render'):
        monkeypatch.setattr(f'mmacl.{place}.figure_to_rgb', lambda figure: np.full((2, 2, 3), 255, np.uint8))


@pytest.fixture
def run_tool(start_tool):
    """Run a tool of the repository in a process of its own and return the finished process."""

    def run(tool: str, *args: object, env: dict[str, str] | None = None, timeout: float = 240):
        return start_tool(tool, *args, env=env).wait(timeout)

    return run


@pytest.fixture
def cli(monkeypatch, capsys):
    """Run a tool in this process: its exit code, standard output and standard error."""

    def run(tool: str, *args: object) -> tuple[int, str, str]:
        capsys.readouterr()
        code = _run_here(monkeypatch, tool, args)
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


@pytest.fixture(scope='session')
def shared_cli():
    """The same as ``cli``, for fixtures of a module."""

    def run(tool: str, *args: object) -> tuple[int, str, str]:
        output, error = io.StringIO(), io.StringIO()
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(output), redirect_stderr(error):
            code = _run_here(patch, tool, args)
        return code, output.getvalue(), error.getvalue()

    return run


def _run_here(patch: pytest.MonkeyPatch, tool: str, args: Sequence[object]) -> int:
    from mmengine.logging import MessageHub, MMLogger

    from mmacl.apis import run_tool as run_tool_or_refuse
    from mmacl.visualization import ActionVisualizer

    path = ROOT / 'tools' / tool
    if path.parent.name == 'maintenance':
        spec = importlib.util.spec_from_file_location(path.stem, path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    else:
        module = importlib.import_module(f'mmacl.commands.{path.stem}')
    patch.setattr(sys, 'argv', [str(path), *map(str, args)])
    # They go by config and second: a run within the second of the one before would write where that one did.
    for manager in (ActionVisualizer, MessageHub, MMLogger):
        manager._instance_dict.clear()
    try:
        run_tool_or_refuse(module.main)
    except SystemExit as end:
        return end.code
    return 0
