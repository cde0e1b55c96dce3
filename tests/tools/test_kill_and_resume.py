"""The check of interruptions sees what it looks for."""

from __future__ import annotations

import runpy
import sys

import pytest

from tests.small_training import ROOT

SCRIPT = 'maintenance/kill_and_resume.py'
WRITES = "import sys; from pathlib import Path; Path(sys.argv[1]).mkdir(exist_ok=True); Path(sys.argv[1], 'a').touch()"


def test_half_written_and_other_files_are_seen(tmp_path):
    tool = runpy.run_path(str(ROOT / 'tools' / SCRIPT))
    for folder in ('whole', 'other'):
        (tmp_path / folder / 'sub').mkdir(parents=True)
        (tmp_path / folder / 'sub' / 'same').write_text('text')
        (tmp_path / folder / 'log').write_text(folder)
    (tmp_path / 'whole' / 'sub' / 'half').write_text('first, second')
    (tmp_path / 'other' / 'sub' / 'half').write_text('first')
    (tmp_path / 'whole' / 'missing').touch()
    (tmp_path / 'other' / '.new.tmp').touch()
    places = tmp_path / 'whole', tmp_path / 'other', ['log']
    assert tool['differences'](*places) == ['.new.tmp', 'missing', 'sub/half']
    assert tool['half_written'](*places) == ['sub/half']


def test_a_command_is_killed_and_started_again(cli, tmp_path):
    code, said, error = cli(SCRIPT, tmp_path / 'work', '--kills', 1, '--workers', 2, '--', '-Sc', WRITES, '{out}')
    assert (code, error) == (0, '')
    assert 'uninterrupted: ' in said
    assert 'half written: none; differences at the end: none' in said
    assert '2 at a time: exit codes [0, 0]; differences: none' in said
    assert sorted(path.name for path in (tmp_path / 'work').iterdir()) == ['log.txt', 'whole']


def test_a_process_that_goes_on_is_killed(tmp_path):
    kill = runpy.run_path(str(ROOT / 'tools' / SCRIPT))['kill']
    assert kill([sys.executable, '-Sc', 'import time; time.sleep(60)'], 0.01, tmp_path)
    assert not kill([sys.executable, '-Sc', ''], 60, tmp_path)


@pytest.mark.parametrize(('word', 'message'), [('out', 'must name {out}'), ('{out}', 'exists already')])
def test_what_cannot_be_tried_is_refused(cli, tmp_path, word, message):
    code, _, error = cli(SCRIPT, tmp_path, '--', word)
    assert code == 2
    assert message in error
