"""Plain lines in a log, a bar on a terminal."""

import sys

import pytest

from mmacl.dataset_tools.conversion import ConversionProgress, readable_size


def test_lines_in_a_log(capsys):
    with ConversionProgress(4, 4_000_000, seconds=0) as progress:
        progress.advance(1_000_000, True)
        progress.advance(1_000_000, False)
        progress.advance(2_000_000, True)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith('1 of 4 videos, 25%, ')
    assert lines[1].startswith('1 of 3 videos, 33%, ')
    assert all(line.endswith(' s left') for line in lines)
    assert '\x1b' not in ''.join(lines)
    assert progress.summary().startswith('2 videos, 3.0 MB in ')


def test_nothing_in_a_log_while_it_is_quick(capsys):
    with ConversionProgress(1, 1) as progress:
        progress.advance(1, True)
    assert capsys.readouterr().out == ''


def test_a_bar_on_a_terminal(capsys, monkeypatch):
    monkeypatch.setattr(sys.stdout, 'isatty', lambda: True)
    with ConversionProgress(2, 2) as progress:
        progress.advance(1, True)
        progress.advance(1, True)
    assert '2 of 2 videos' in capsys.readouterr().out


@pytest.mark.parametrize(
    ('number', 'text'), [(0, '0 B'), (999, '999 B'), (1500, '1.5 kB'), (2 * 10**6, '2.0 MB'), (10**13, '10000.0 GB')]
)
def test_sizes(number, text):
    assert readable_size(number) == text
