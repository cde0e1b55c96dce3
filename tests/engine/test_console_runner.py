"""The record goes to the log file, what matters to the console as well."""

from __future__ import annotations

import logging

from mmengine.logging import MMLogger

from mmacl.engine import ConsoleRunner


class Bare(ConsoleRunner):
    """A runner with nothing but what building a logger reads."""

    def __init__(self, log_dir) -> None:
        self._log_dir, self._timestamp, self._experiment_name = str(log_dir), 'stamp', 'test_console_runner'
        self._distributed = False


def test_start_up_records_are_kept_off_the_console(tmp_path, capsys):
    logger = Bare(tmp_path).build_logger()
    assert isinstance(logger, MMLogger)
    for message in ('Config:\nmodel = 1', '\n-----\nSystem environment', 'Exp name: x', 'a table'):
        logger.log(logging.INFO, message)
    shown = capsys.readouterr()
    assert 'a table' in shown.out + shown.err
    for hidden in ('model = 1', 'System environment', 'Exp name'):
        assert hidden not in shown.out + shown.err
        assert hidden in (tmp_path / 'stamp.log').read_text()
